using System.Net;
using System.Text.Json;
using CartoPlatform.WorkspaceApi.Tests.Hosting;

namespace CartoPlatform.WorkspaceApi.Tests.Maps;

public sealed class MapAdministrationTests(RunningPlatform running) : IClassFixture<RunningPlatform>
{
    [Theory]
    [InlineData("""{"version":"v1","config":{"n":1.0,"e":1e2,"big":12345678901234567890,"text":"é\u00e9\ud83d\ude00</script>","twice":1,"twice":2,"null":null}}""")]
    [InlineData("""{ "version" : "v1" ,  "config":{} }""")]
    public async Task Config_comes_back_letter_by_letter(string config)
    {
        var created = await running.AsOwnerAsync(HttpMethod.Post, "/v3/maps", $$$"""{"title":"x","keplerMapConfig":{{{config}}}}""").OkAsync();

        using var answer = await running.AsOwnerAsync(HttpMethod.Get, $"/v3/maps/{created.GetProperty("id").GetString()}");

        Assert.Contains($"\"keplerMapConfig\":{config}", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Update_merges_members_and_replaces_the_config_whole()
    {
        var id = await running.CreateMapAsync("""
            "description":"old","tags":["a"],"agent":{"deep":{"x":1,"y":2}}
            """);

        var changed = await running.AsOwnerAsync(HttpMethod.Patch, $"/v3/maps/{id}", """
            {"title":"New","description":null,"agent":{"deep":{"x":3}},"keplerMapConfig":{"version":"v1","config":{"only":true}}}
            """).OkAsync();

        Assert.Equal("New", changed.GetProperty("title").GetString());
        Assert.Equal(JsonValueKind.Null, changed.GetProperty("description").ValueKind);
        Assert.Equal("""["a"]""", changed.GetProperty("tags").GetRawText());
        Assert.Equal("""{"deep":{"x":3}}""", changed.GetProperty("agent").GetRawText());
        Assert.Equal("""{"version":"v1","config":{"only":true}}""", changed.GetProperty("keplerMapConfig").GetRawText());
        Assert.Equal("d1", changed.GetProperty("datasets")[0].GetProperty("id").GetString());
    }

    [Fact]
    public async Task Document_that_was_read_can_be_written_back()
    {
        var id = await running.CreateMapAsync("\"privacy\":\"public\"");
        var read = await running.AsOwnerAsync(HttpMethod.Get, $"/v3/maps/{id}").OkAsync();

        var written = await running.AsOwnerAsync(HttpMethod.Patch, $"/v3/maps/{id}", read.GetRawText()).OkAsync();

        string Stable(JsonElement map) => string.Join(",", map.EnumerateObject().Where(member => member.Name != "updatedAt").Select(member => member.ToString()));
        Assert.Equal(Stable(read), Stable(written));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("""{"title":"x","title":"y"}""")]
    [InlineData("""{"title":5}""")]
    [InlineData("""{"title":""}""")]
    [InlineData("""{"title":"\u0000"}""")]
    [InlineData("""{"title":"\ud800"}""")]
    [InlineData("""{"keplerMapConfig":"{}"}""")]
    [InlineData("""{"keplerMapConfig":{"version":"v1","config":{"half":"\ud800"}}}""")]
    [InlineData("""{"keplerMapConfig":{"version":"v1","config":{"\udfff":1}}}""")]
    [InlineData("""{"keplerMapConfig":{"version":"v1","config":{"zoom":[1e400]}}}""")]
    [InlineData("""{"tags":"a"}""")]
    [InlineData("""{"tags":[1]}""")]
    [InlineData("""{"privacy":"secret"}""")]
    [InlineData("""{"privacy":"password"}""")]
    [InlineData("""{"privacy":"password","password":"short"}""")]
    [InlineData("""{"privacy":"public","password":"long enough"}""")]
    [InlineData("""{"privacy":"groups"}""")]
    [InlineData("""{"privacy":"groups","groups":["x"]}""")]
    [InlineData("""{"privacy":"groups","groups":["2f1c7f0e-6d0b-4c55-9a3e-0c1b8a7d4e21"]}""")]
    [InlineData("""{"datasets":{}}""")]
    [InlineData("""{"datasets":[1]}""")]
    [InlineData("""{"datasets":[{"type":"table","source":"demo.airports","connectionName":"nowhere"}]}""")]
    [InlineData("""{"datasets":[{"type":"view","source":"demo.airports","connectionName":"carto_dw"}]}""")]
    [InlineData("""{"datasets":[{"type":"table","source":"demo.*","connectionName":"carto_dw"}]}""")]
    [InlineData("""{"datasets":[{"type":"table","source":"*","connectionName":"carto_dw"}]}""")]
    [InlineData("""{"datasets":[{"type":"table","source":"SELECT 1","connectionName":"carto_dw"}]}""")]
    [InlineData("""{"datasets":[{"type":"query","source":"*","connectionName":"carto_dw"}]}""")]
    [InlineData("""{"datasets":[{"type":"query","source":" demo.* ;","connectionName":"carto_dw"}]}""")]
    [InlineData("""{"datasets":[{"type":"query","source":"demo.airports","connectionName":"carto_dw"}]}""")]
    [InlineData("""{"datasets":[{"type":"table","source":"","connectionName":"carto_dw"}]}""")]
    [InlineData("""{"datasets":[{"type":"table","source":"demo.a","connectionName":"carto_dw","columns":"a,b"}]}""")]
    [InlineData("""{"datasets":[{"type":"table","type":"query","source":"demo.a","connectionName":"carto_dw"}]}""")]
    [InlineData("""{"datasets":[{"id":"a","type":"table","source":"demo.a","connectionName":"carto_dw"},{"id":"a","type":"table","source":"demo.b","connectionName":"carto_dw"}]}""")]
    public async Task Document_that_cannot_be_is_400_and_makes_no_map(string document)
    {
        var before = await running.Platform.AskAsync<long>("SELECT count(*) FROM platform.maps");

        await running.AsOwnerAsync(HttpMethod.Post, "/v3/maps", document).RefusedAsync(HttpStatusCode.BadRequest);

        Assert.Equal(before, await running.Platform.AskAsync<long>("SELECT count(*) FROM platform.maps"));
    }

    [Fact]
    public async Task Document_too_large_is_413()
    {
        var document = $$$"""{"title":"x","keplerMapConfig":{"version":"{{{new string('x', 9 * 1024 * 1024)}}}"}}""";

        await running.AsOwnerAsync(HttpMethod.Post, "/v3/maps", document).RefusedAsync(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task Datasets_are_added_changed_and_removed_one_by_one()
    {
        var id = await running.CreateMapAsync();
        var path = $"/v3/maps/{id}/datasets";

        var added = await running.AsOwnerAsync(HttpMethod.Post, path, """
            {"type":"query","source":"SELECT * FROM demo.airports","connectionName":"carto_dw","queryParameters":{"a":1.50},"color":"#7F3C8D"}
            """).OkAsync();
        var datasetId = added.GetProperty("id").GetString();
        var changed = await running.AsOwnerAsync(HttpMethod.Patch, $"{path}/{datasetId}", """{"id":"other","label":"Airports"}""").OkAsync();
        await running.AsOwnerAsync(HttpMethod.Delete, $"{path}/d1").OkAsync();
        var left = await running.AsOwnerAsync(HttpMethod.Get, path).OkAsync();

        Assert.Equal(("postgres", "tilejson"), (added.GetProperty("providerId").GetString(), added.GetProperty("format").GetString()));
        Assert.Equal("""{"a":1.50}""", changed.GetProperty("queryParameters").GetRawText());
        Assert.Equal((datasetId, "Airports"), (changed.GetProperty("id").GetString(), changed.GetProperty("label").GetString()));
        Assert.Equal(datasetId, Assert.Single(left.EnumerateArray()).GetProperty("id").GetString());
        await running.AsOwnerAsync(HttpMethod.Post, path, $$"""{"id":"{{datasetId}}","type":"table","source":"demo.a","connectionName":"carto_dw"}""").RefusedAsync(HttpStatusCode.Conflict);
        await running.AsOwnerAsync(HttpMethod.Patch, $"{path}/nothing", "{}").RefusedAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Changes_at_once_lose_none()
    {
        var id = await running.CreateMapAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => running.AsOwnerAsync(
            HttpMethod.Post, $"/v3/maps/{id}/datasets", $$"""{"id":"n{{i}}","type":"table","source":"demo.t{{i}}","connectionName":"carto_dw"}""")));

        var kept = (await running.AsOwnerAsync(HttpMethod.Get, $"/v3/maps/{id}/datasets").OkAsync()).EnumerateArray().Select(dataset => dataset.GetProperty("id").GetString()).ToList();
        Assert.All(answers, answer => Assert.Contains(answer.StatusCode, (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.Conflict]));
        Assert.Equal(answers.Count(answer => answer.StatusCode == HttpStatusCode.OK) + 1, kept.Count);
        Assert.Contains(answers, answer => answer.StatusCode == HttpStatusCode.OK);
    }

    [Fact]
    public async Task List_is_filtered_sorted_and_paged()
    {
        var mark = Guid.NewGuid().ToString("N");
        foreach (var (title, privacy, tag) in ((string, string, string)[])[("b", "private", "x"), ("c", "public", "x"), ("a", "public", "y")])
            await running.AsOwnerAsync(HttpMethod.Post, "/v3/maps", $$"""{"title":"{{title}} {{mark}}","privacy":"{{privacy}}","tags":["{{tag}}"]}""").OkAsync();

        async Task<string> TitlesAsync(string query) => string.Join("", (await running.AsOwnerAsync(HttpMethod.Get, $"/v3/organization-maps?search={mark}&{query}").OkAsync())
            .EnumerateArray().Select(map => map.GetProperty("title").GetString()![0]));

        Assert.Equal("abc", await TitlesAsync("order_by=title"));
        Assert.Equal("cba", await TitlesAsync("order_by=title&order_direction=DESC"));
        Assert.Equal("ac", await TitlesAsync("privacy=public&order_by=title"));
        Assert.Equal("bc", await TitlesAsync("tags=%5B%22x%22%5D&order_by=title"));
        Assert.Equal("c", await TitlesAsync("order_by=title&page=2&page_size=2"));
        foreach (var wrong in (string[])["order_by=drop", "order_direction=up", "privacy=x", "tags=x", "tags=%5B1%5D", "page=0"])
            await running.AsOwnerAsync(HttpMethod.Get, $"/v3/maps?{wrong}").RefusedAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Deleted_map_is_gone_with_its_token_and_leaves_a_line_in_the_audit()
    {
        var id = await running.CreateMapAsync("\"privacy\":\"public\"");
        await running.Service.CallAsync(HttpMethod.Get, $"/v3/maps/public/{id}", null).OkAsync();

        await running.AsOwnerAsync(HttpMethod.Delete, $"/v3/maps/{id}").OkAsync();

        await running.AsOwnerAsync(HttpMethod.Delete, $"/v3/maps/{id}").RefusedAsync(HttpStatusCode.NotFound);
        await running.Service.CallAsync(HttpMethod.Get, $"/v3/maps/public/{id}", null).RefusedAsync(HttpStatusCode.NotFound);
        Assert.Equal(0, await running.Platform.AskAsync<long>($"SELECT count(*) FROM platform.map_tokens WHERE map_id = '{id}'"));
        Assert.Equal("map.create map.delete", await running.Platform.AskAsync<string>($"SELECT string_agg(action, ' ' ORDER BY id) FROM platform.audit WHERE subject = '{id}'"));
    }

    [Fact]
    public async Task Nobody_administers_maps_with_a_token_for_data()
    {
        var id = await running.CreateMapAsync("\"privacy\":\"public\"");
        var demo = (await running.Service.CallAsync(HttpMethod.Get, "/demo/config.json", null).OkAsync()).GetProperty("accessToken").GetString();
        var map = (await running.Service.CallAsync(HttpMethod.Get, $"/v3/maps/public/{id}", null).OkAsync()).GetProperty("token").GetString();

        foreach (var (method, path) in ((HttpMethod, string)[])
                 [
                     (HttpMethod.Get, "/v3/maps"), (HttpMethod.Post, "/v3/maps"), (HttpMethod.Get, $"/v3/maps/{id}"), (HttpMethod.Patch, $"/v3/maps/{id}"),
                     (HttpMethod.Delete, $"/v3/maps/{id}"), (HttpMethod.Post, $"/v3/maps/{id}/publish"), (HttpMethod.Post, $"/v3/maps/{id}/privacy"),
                     (HttpMethod.Get, $"/v3/maps/{id}/token"), (HttpMethod.Post, $"/v3/maps/{id}/datasets"), (HttpMethod.Get, "/v3/organization-maps"),
                 ])
        {
            Assert.Equal("Token not defined", await running.Service.CallAsync(method, path, null).RefusedAsync(HttpStatusCode.Unauthorized));
            await running.Service.CallAsync(method, path, demo).RefusedAsync(HttpStatusCode.Forbidden);
            await running.Service.CallAsync(method, path, map).RefusedAsync(HttpStatusCode.Forbidden);
        }
    }
}
