using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using CartoPlatform.Testing.Platform;

namespace CartoPlatform.Platform.Tests.Replicas;

/// <summary>What has been changed holds on every edge when the change is answered, whichever took it, warm caches included.</summary>
[Collection(SharedPlatform.Name)]
public sealed class ChangeTests(PlatformFixture platforms)
{
    private const string Airports = "/v3/maps/carto_dw/table/0/0/0?name=demo.airports&formatTiles=mvt";
    private const string Countries = "/v3/maps/carto_dw/table/0/0/0?name=demo.countries&formatTiles=mvt";

    [Fact]
    public async Task Edit_of_a_named_source_is_in_the_next_answer_of_every_edge()
    {
        var (edges, owner) = await EdgesAsync();
        var name = $"edited-{Guid.NewGuid():N}"[..30];
        await SendAsync(owner, HttpMethod.Post, new Uri(edges[0], "/v3/named-sources"), $$"""{"name":"{{name}}","source":"SELECT 0 AS n"}""");
        for (var n = 1; n <= 4; n++)
        {
            foreach (var edge in edges.Concat(edges)) await ReadAsync(owner, edge);

            await SendAsync(owner, HttpMethod.Patch, new Uri(edges[n % edges.Length], $"/v3/named-sources/{name}"), $$"""{"source":"SELECT {{n}} AS n"}""");

            foreach (var edge in edges) Assert.Equal((n, edge.Port), (await ReadAsync(owner, edge), edge.Port));
        }

        async Task<int> ReadAsync(HttpClient client, Uri edge)
        {
            using var answer = JsonDocument.Parse(await client.GetStringAsync(new Uri(edge, $"/v3/sql/carto_dw/query?q={name}")));
            return answer.RootElement.GetProperty("rows")[0].GetProperty("n").GetInt32();
        }
    }

    [Fact]
    public async Task Map_that_is_published_or_closed_is_so_for_those_who_have_its_token()
    {
        var (edges, owner) = await EdgesAsync();
        var map = await SendAsync(owner, HttpMethod.Post, new Uri(edges[0], "/v3/maps"), """
            {"title":"changing","privacy":"public","datasets":[{"id":"a","type":"table","source":"demo.airports","connectionName":"carto_dw"}]}
            """);
        var path = $"/v3/maps/{map.GetProperty("id").GetString()}";
        using var anybody = new HttpClient();
        var token = JsonDocument.Parse(await anybody.GetStringAsync(new Uri(edges[0], path.Replace("/maps/", "/maps/public/", StringComparison.Ordinal)))).RootElement.GetProperty("token").GetString();
        using var holder = new HttpClient();
        holder.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        foreach (var edge in edges.Concat(edges)) Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), await StatusAsync(holder, edge));

        await SendAsync(owner, HttpMethod.Patch, new Uri(edges[0], path), """{"datasets":[{"id":"c","type":"table","source":"demo.countries","connectionName":"carto_dw"}]}""");
        foreach (var edge in edges) Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), await StatusAsync(holder, edge));
        await SendAsync(owner, HttpMethod.Post, new Uri(edges[1], $"{path}/publish"), null);
        foreach (var edge in edges.Concat(edges)) Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.OK), await StatusAsync(holder, edge));

        await SendAsync(owner, HttpMethod.Post, new Uri(edges[0], $"{path}/privacy"), """{"privacy":"private"}""");
        foreach (var edge in edges.Concat(edges)) Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), await StatusAsync(holder, edge));
    }

    private static async Task<(HttpStatusCode Airports, HttpStatusCode Countries)> StatusAsync(HttpClient client, Uri edge)
    {
        using var airports = await client.GetAsync(new Uri(edge, Airports));
        using var countries = await client.GetAsync(new Uri(edge, Countries));
        return (airports.StatusCode, countries.StatusCode);
    }

    private async Task<(Uri[] Edges, HttpClient Owner)> EdgesAsync()
    {
        var status = await platforms.GetAsync(Topologies.Tier3);
        var edges = status.Services.Where(service => service.Name.StartsWith("edge-", StringComparison.Ordinal)).Select(service => service.Url).ToArray();
        Assert.Equal(2, edges.Length);
        return (edges, TestPlatform.CreateClient(status));
    }

    private static async Task<JsonElement> SendAsync(HttpClient client, HttpMethod method, Uri url, string? json)
    {
        using var request = new HttpRequestMessage(method, url);
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode} {text}");
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }
}
