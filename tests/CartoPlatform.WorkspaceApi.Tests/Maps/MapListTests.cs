using System.Text.Json;
using CartoPlatform.WorkspaceApi.Tests.Hosting;
using CartoPlatform.WorkspaceApi.Tests.OAuth;
using CartoPlatform.WorkspaceApi.Tests.Users;

namespace CartoPlatform.WorkspaceApi.Tests.Maps;

/// <summary>A list of maps shows what opening them would show, and nothing else.</summary>
public sealed class MapListTests(RunningPlatform running) : IClassFixture<RunningPlatform>
{
    private const string Stores = ""","scopes":["read:maps"],"grants":[{"connection_name":"carto_dw","source":"shop.stores"}]""";

    private static readonly (string Role, string Members)[] Callers =
    [
        ("Superadmin", ""),
        ("Admin", ""","scopes":["read:maps"]"""),
        ("Editor", ""),
        ("Viewer", ""),
        ("Viewer", Stores),
        ("Editor", ""","grants":[{"connection_name":"carto_dw","source":"shop.stores"}]"""),
        ("Admin", Stores),
        ("Admin", ""","grants":[{"connection_name":"carto_dw","source":"shop.stores"}]"""),
        ("Editor", ""","scopes":["read:maps"],"grants":[{"connection_name":"*"}],"allowed_apis":["lds"]"""),
    ];

    [Fact]
    public async Task List_shows_what_opening_shows()
    {
        var mark = Guid.NewGuid().ToString("N");
        List<string> ids = [];
        foreach (var privacy in (string[])[""" "privacy":"private" """, """ "privacy":"organization" """, """ "privacy":"public" """, """ "privacy":"password","password":"open sesame" """])
        {
            foreach (var source in (string[])["shop.stores", "shop.sales"]) ids.AddRange(await CreateAsync(mark, privacy, source));
        }

        foreach (var (role, members) in Callers)
        {
            var token = await running.Service.IssueAsync(await running.CreateMachineAsync($",\"role\":\"{role}\"{members}"));
            var listed = (await ListAsync(token, "/v3/maps", $"pageSize=100&search={mark}")).ToDictionary(map => map.Text("id")!);
            foreach (var id in ids)
            {
                using var opened = await running.Service.CallAsync(HttpMethod.Get, $"/v3/maps/{id}", token);
                Assert.True(opened.IsSuccessStatusCode == listed.ContainsKey(id), $"{role}{members}: {opened.StatusCode}, listed {listed.ContainsKey(id)}");
                if (!opened.IsSuccessStatusCode) continue;
                var map = JsonDocument.Parse(await opened.Content.ReadAsStringAsync()).RootElement;
                foreach (var member in (string[])["title", "description", "privacy", "tags", "createdAt", "updatedAt", "publishedAt"])
                    Assert.Equal((role, member, Tell(map, member)), (role, member, Tell(listed[id], member)));
            }

            using var page = await running.Service.CallAsync(HttpMethod.Get, $"/v3/organization-maps?pageSize=1&search={mark}", token);
            Assert.Equal($"{listed.Count}", Assert.Single(page.Headers.GetValues("X-Total-Count")));
        }
    }

    [Fact]
    public async Task What_is_not_published_is_neither_told_nor_found()
    {
        var (before, after) = (Guid.NewGuid().ToString("N"), Guid.NewGuid().ToString("N"));
        var id = await running.CreateMapAsync($"\"privacy\":\"organization\",\"description\":\"d {before}\",\"tags\":[\"{before}\"]");
        await running.AsOwnerAsync(HttpMethod.Patch, $"/v3/maps/{id}", $"{{\"title\":\"{before}\"}}").OkAsync();
        await running.AsOwnerAsync(HttpMethod.Post, $"/v3/maps/{id}/publish").OkAsync();
        await running.AsOwnerAsync(HttpMethod.Patch, $"/v3/maps/{id}", $"{{\"title\":\"{after}\",\"description\":\"d {after}\",\"tags\":[\"{after}\"]}}").OkAsync();
        var viewer = await running.Service.IssueAsync(await running.CreateMachineAsync(""","role":"Viewer" """));

        var told = Assert.Single(await ListAsync(viewer, "/v3/maps", $"search={before}"));
        Assert.DoesNotContain(after, told.ToString(), StringComparison.Ordinal);
        Assert.Single(await ListAsync(viewer, "/v3/maps", $"tags=%5B%22{before}%22%5D"));
        Assert.Empty(await ListAsync(viewer, "/v3/maps", $"search={after}"));
        Assert.Empty(await ListAsync(viewer, "/v3/maps", $"tags=%5B%22{after}%22%5D"));
        Assert.Contains(after, Assert.Single(await ListAsync(running.Platform.ReadOwnerToken(), "/v3/maps", $"search={after}")).ToString(), StringComparison.Ordinal);

        await running.AsOwnerAsync(HttpMethod.Post, $"/v3/maps/{id}/publish").OkAsync();
        Assert.Single(await ListAsync(viewer, "/v3/maps", $"search={after}&tags=%5B%22{after}%22%5D"));
    }

    /// <summary>One that was never published, one that is, and one that has changed since.</summary>
    private async Task<IReadOnlyList<string>> CreateAsync(string mark, string privacy, string source)
    {
        List<string> ids = [];
        for (var i = 0; i < 3; i++)
        {
            var dataset = $$"""{"id":"d","type":"table","source":"{{source}}","connectionName":"carto_dw"}""";
            var map = await running.AsOwnerAsync(HttpMethod.Post, "/v3/maps", $$"""{"title":"{{mark}}","datasets":[{{dataset}}],{{privacy}}}""").OkAsync();
            var path = $"/v3/maps/{map.Text("id")}";
            if (i > 0) await running.AsOwnerAsync(HttpMethod.Post, $"{path}/publish").OkAsync();
            running.Platform.Time.Advance(TimeSpan.FromSeconds(1));
            if (i > 1) await running.AsOwnerAsync(HttpMethod.Patch, path, $$"""{"title":"draft {{mark}}","description":"draft","tags":["draft"]}""").OkAsync();
            ids.Add(map.Text("id")!);
        }

        return ids;
    }

    private async Task<List<JsonElement>> ListAsync(string token, string path, string query) =>
        [.. (await running.Service.CallAsync(HttpMethod.Get, $"{path}?{query}", token).OkAsync()).EnumerateArray()];

    // Lists write times in their own way; a map without tags does not mention them.
    private static string Tell(JsonElement map, string member)
    {
        if (!map.TryGetProperty(member, out var value)) return "[]";
        return value.ValueKind == JsonValueKind.String && value.TryGetDateTimeOffset(out var moment) ? moment.UtcDateTime.ToString("O") : value.GetRawText();
    }
}
