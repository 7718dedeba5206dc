using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using CartoPlatform.Testing.Platform;

namespace CartoPlatform.Platform.Tests.Replicas;

/// <summary>A token that is ended is ended on every edge, warm caches included, when its end is answered.</summary>
[Collection(SharedPlatform.Name)]
public sealed class RevocationTests(PlatformFixture platforms)
{
    [Fact]
    public async Task Revoked_token_gets_nothing_from_any_edge_not_even_what_is_kept()
    {
        var status = await platforms.GetAsync(Topologies.Tier3);
        using var owner = TestPlatform.CreateClient(status);
        using var made = await owner.PostAsync("/v3/tokens", new StringContent(
            """{"grants":[{"connection_name":"carto_dw","source":"demo.airports"}],"allowed_apis":["maps"]}""", Encoding.UTF8, new MediaTypeHeaderValue("application/json")));
        var token = JsonDocument.Parse(await made.Content.ReadAsStringAsync()).RootElement;
        using var caller = new HttpClient();
        caller.DefaultRequestHeaders.Authorization = new("Bearer", token.GetProperty("token").GetString());
        var tiles = status.Services.Where(service => service.Name.StartsWith("edge-", StringComparison.Ordinal))
            .Select(service => new Uri(service.Url, "/v3/maps/carto_dw/table/0/0/0?name=demo.airports&formatTiles=mvt")).ToArray();
        Assert.Equal(2, tiles.Length);
        foreach (var tile in tiles.Concat(tiles)) Assert.Equal(HttpStatusCode.OK, (await caller.GetAsync(tile)).StatusCode);
        foreach (var tile in tiles) Assert.Equal("HIT", (await caller.GetAsync(tile)).Headers.GetValues("X-Cache").Single());

        using var revoked = await owner.DeleteAsync($"/v3/tokens/{token.GetProperty("id").GetString()}");

        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        foreach (var tile in tiles.Concat(tiles)) Assert.Equal(HttpStatusCode.Unauthorized, (await caller.GetAsync(tile)).StatusCode);
    }
}
