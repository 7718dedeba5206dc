using System.Net;
using System.Text.Json;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.HttpCache.Tests.Hosting;

namespace CartoPlatform.HttpCache.Tests;

/// <summary>docs/cache.md line by line, over HTTP, with the real APIs on a real database behind.</summary>
public sealed class CachedAnswerTests(CacheFixture fixture) : IClassFixture<CacheFixture>
{
    [Theory]
    [InlineData("/v3/maps/main/table?name={0}")]
    [InlineData("/v3/maps/main/table?name={0}&format=tilejson")]
    [InlineData("/v3/maps/main/table/0/0/0?name={0}&formatTiles=mvt")]
    [InlineData("/v3/maps/main/table/5/0/0?name={0}&formatTiles=mvt")]
    [InlineData("/v3/maps/main/query?q=SELECT * FROM {0}")]
    [InlineData("/v3/maps/main/query/0/0/0?q=SELECT * FROM {0}")]
    [InlineData("/v3/sql/main/query?q=SELECT * FROM {0}")]
    public async Task Second_answer_is_a_hit_and_the_same(string template)
    {
        using var client = fixture.Host.Owner();
        var url = await UrlAsync(template);
        var first = await client.AskAsync(url);
        var second = await client.AskAsync(url);
        Assert.True(first.Status is HttpStatusCode.OK or HttpStatusCode.NoContent, first.Body);
        Assert.Equal(("MISS", "HIT"), (first.Cache, second.Cache));
        Assert.Equal(first.Body, second.Body);
        Assert.Equal(first.Status, second.Status);
        Assert.Equal(first.Header("Content-Type"), second.Header("Content-Type"));
        Assert.Equal(first.Header("ETag"), second.Header("ETag"));
        Assert.Equal("no-cache, private", second.Response.Headers.CacheControl?.ToString());
        Assert.NotNull(second.Header("Age"));
    }

    [Theory]
    [InlineData("/v3/maps/main/table?name={0}&format=geojson")]
    [InlineData("/v3/maps/main/table?name={0}x")]
    [InlineData("/v3/maps/main/table/0/0/05?name={0}")]
    [InlineData("/v3/sql/main/query?q=SELECT nothing FROM {0}")]
    public async Task Downloads_and_errors_are_not_kept(string template)
    {
        using var client = fixture.Host.Owner();
        var url = await UrlAsync(template);
        await client.AskAsync(url);
        Assert.NotEqual("HIT", (await client.AskAsync(url)).Cache);
    }

    [Fact]
    public async Task Query_by_post_neither_reads_nor_stores()
    {
        using var client = fixture.Host.Owner();
        var table = await fixture.CreateTableAsync();
        await client.AskAsync($"/v3/sql/main/query?q=SELECT count(*) FROM {table}");
        Assert.Equal("BYPASS", (await client.PostAsync("/v3/sql/main/query", $$"""{"q":"SELECT count(*) FROM {{table}}"}""")).Cache);
    }

    [Theory]
    [InlineData("max-age=60", "HIT")]
    [InlineData("max-age=0", "MISS")]
    [InlineData("no-cache", "BYPASS")]
    [InlineData("no-cache, max-age=0", "BYPASS")]
    [InlineData("no-store", "BYPASS")]
    [InlineData("only-if-cached", "HIT")]
    [InlineData("max-stale=5", "HIT")]
    [InlineData("min-fresh=99999999", "MISS")]
    [InlineData("max-age=nonsense", "HIT")]
    public async Task Directive_decides_what_becomes_of_a_stored_answer(string directive, string expected)
    {
        using var client = fixture.Host.Owner();
        var url = await UrlAsync("/v3/maps/main/table/0/0/0?name={0}");
        await client.AskAsync(url);
        Assert.Equal(expected, (await client.AskAsync(url, directive)).Cache);
        Assert.Equal("HIT", (await client.AskAsync(url)).Cache);
    }

    [Fact]
    public async Task Bypass_stores_nothing_and_max_age_0_stores()
    {
        using var client = fixture.Host.Owner();
        var url = await UrlAsync("/v3/maps/main/table/0/0/0?name={0}");
        await client.AskAsync(url, "no-cache");
        Assert.Equal(HttpStatusCode.GatewayTimeout, (await client.AskAsync(url, "only-if-cached")).Status);
        await client.AskAsync(url, "max-age=0");
        Assert.Equal("HIT", (await client.AskAsync(url, "only-if-cached")).Cache);
    }

    [Fact]
    public async Task Get_head_and_post_of_a_map_share_an_answer()
    {
        using var client = fixture.Host.Owner();
        var table = await fixture.CreateTableAsync();
        var head = await client.AskAsync($"/v3/maps/main/table?name={table}", method: HttpMethod.Head);
        var post = await client.PostAsync("/v3/maps/main/table", $$"""{"name":"{{table}}"}""");
        var get = await client.AskAsync($"/v3/maps/main/table?name={table}");
        Assert.Equal(("MISS", "HIT", "HIT"), (head.Cache, post.Cache, get.Cache));
        Assert.Empty(head.Body);
        Assert.Equal(post.Body, get.Body);
        Assert.Equal(get.Response.Content.Headers.ContentLength, head.Response.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task Label_of_each_caller_comes_back_though_the_answer_is_shared()
    {
        using var client = fixture.Host.Owner();
        var url = await UrlAsync("/v3/maps/main/table?name={0}&format=tilejson");
        foreach (var (label, cache) in (IEnumerable<(string, string)>)[("one", "MISS"), ("t%C3%BC%26o", "HIT")])
        {
            var answer = await client.AskAsync($"{url}&client={label}");
            Assert.Equal(cache, answer.Cache);
            var tiles = JsonDocument.Parse(answer.Body).RootElement.GetProperty("tiles")[0].GetString();
            Assert.Contains($"&client={label}&", tiles, StringComparison.Ordinal);
        }

        Assert.Contains("client=deck-gl-carto&", (await client.AskAsync(url)).Body, StringComparison.Ordinal);
        var posted = await client.PostAsync("/v3/maps/main/table?format=tilejson", $$"""{"name":"{{url.Split('=', '&')[1]}}","client":"posted"}""");
        Assert.Equal("HIT", posted.Cache);
        Assert.Contains("client=posted&", posted.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    public async Task Coding_and_validator_of_a_hit_are_those_of_a_miss(string coding)
    {
        using var client = fixture.Host.Owner();
        var table = await fixture.CreateTableAsync();
        await fixture.Database.ExecuteAsync($"INSERT INTO {table} SELECT i, ST_SetSRID(ST_Point(i % 170, i % 80), 4326) FROM generate_series(1, 400) AS i");
        var url = $"/v3/maps/main/table/0/0/0?name={table}&formatTiles=mvt";
        var first = await client.AskAsync(url, headers: ("Accept-Encoding", coding));
        var second = await client.AskAsync(url, headers: ("Accept-Encoding", coding));
        Assert.Equal(coding, second.Response.Content.Headers.ContentEncoding.Single());
        Assert.Equal(first.Header("ETag"), second.Header("ETag"));
        Assert.Equal(first.Body, second.Body);
        Assert.Contains("Accept-Encoding", second.Response.Headers.Vary);

        var third = await client.AskAsync(url, null, null, null, ("Accept-Encoding", coding), ("If-None-Match", $"\"x\", W/{second.Header("ETag")}"));
        Assert.Equal((HttpStatusCode.NotModified, "HIT", ""), (third.Status, third.Cache, third.Body));
    }

    [Fact]
    public async Task Map_and_tilejson_are_never_304()
    {
        using var client = fixture.Host.Owner();
        foreach (var template in (string[])["/v3/maps/main/table?name={0}", "/v3/maps/main/table?name={0}&format=tilejson"])
        {
            var url = await UrlAsync(template);
            await client.AskAsync(url);
            var hit = await client.AskAsync(url, headers: ("If-None-Match", "*"));
            Assert.Equal((HttpStatusCode.OK, "HIT"), (hit.Status, hit.Cache));
        }
    }

    [Fact]
    public async Task Permission_is_checked_on_every_hit()
    {
        var table = await fixture.CreateTableAsync();
        var tile = $"/v3/maps/main/table/0/0/0?name={table}";
        var query = $"/v3/maps/main/query/0/0/0?q=SELECT * FROM {table}";
        using var owner = fixture.Host.Owner();
        foreach (var url in (string[])[tile, query]) await owner.AskAsync(url);

        var token = fixture.AddToken(["maps"], new GrantRecord("main", table));
        using var granted = fixture.Host.As(token);
        Assert.Equal("HIT", (await granted.AskAsync(tile)).Cache);
        // As where nothing is kept: what others have asked for is not theirs to learn.
        Assert.Equal((HttpStatusCode.Forbidden, "MISS"), await StatusAsync(granted, query));
        using var exact = fixture.Host.As(fixture.AddToken(["maps"], new GrantRecord("main", $" SELECT * FROM {table} ;")));
        Assert.Equal((HttpStatusCode.OK, "HIT"), await StatusAsync(exact, query));
        Assert.Equal((HttpStatusCode.Forbidden, "MISS"), await StatusAsync(exact, tile));
        using var otherApi = fixture.Host.As(fixture.AddToken(["sql"], new GrantRecord("main")));
        Assert.Equal((HttpStatusCode.Forbidden, "MISS"), await StatusAsync(otherApi, tile));
        using var anonymous = fixture.Host.Anonymous();
        Assert.Equal((HttpStatusCode.Unauthorized, "BYPASS"), await StatusAsync(anonymous, tile));
    }

    [Fact]
    public async Task Changed_connection_makes_its_answers_anew()
    {
        var url = await UrlAsync("/v3/maps/main/table/0/0/0?name={0}");
        var host = await fixture.StartAsync();
        using var client = host.Owner();
        await client.AskAsync(url);
        var connections = fixture.Maps.Workspace.Connections;
        connections["main"] = connections["main"] with { Revision = connections["main"].Revision + 1 };
        await Testing.Platform.Wait.UntilAsync("the entry is made anew", async () => (await client.AskAsync(url)).Cache == "MISS", TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Owner_who_asks_learns_what_an_answer_is_made_of()
    {
        var table = await fixture.CreateTableAsync();
        var url = $"/v3/maps/main/table/0/0/0?name={table}";
        using var owner = fixture.Host.Owner();
        var told = await owner.AskAsync(url, headers: ("X-Cache-Debug", "1"));
        Assert.Contains(table, told.Header("X-Cache-Tags"), StringComparison.Ordinal);
        Assert.Equal(64, told.Header("X-Cache-Key")?.Length);
        Assert.Equal("until-modified", told.Header("X-Cache-Policy"));
        Assert.Equal("default%3Apostgres%3ASql", (await owner.AskAsync("/v3/sql/main/query?q=SELECT 1 AS n", headers: ("X-Cache-Debug", "1"))).Header("X-Cache-Policy"));
        using var other = fixture.Host.As(fixture.AddToken(["maps"], new GrantRecord("main")));
        Assert.Null((await other.AskAsync(url, headers: ("X-Cache-Debug", "1"))).Header("X-Cache-Key"));
    }

    [Fact]
    public async Task Stale_answer_stands_in_for_a_failed_origin()
    {
        var table = await fixture.CreateTableAsync();
        var url = $"/v3/maps/main/table/0/0/0?name={table}";
        var host = await fixture.StartAsync();
        using var client = host.Owner();
        await client.AskAsync(url);
        await fixture.Database.ExecuteAsync($"DELETE FROM {table} WHERE id = 1");
        host.Origin.Failure = 503;
        await Testing.Platform.Wait.UntilAsync("the change is known", async () => (await client.AskAsync(url)).Cache == "STALE", TimeSpan.FromSeconds(10));
        Assert.Equal(HttpStatusCode.OK, (await client.AskAsync(url)).Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.AskAsync(url, "no-cache")).Status);
        host.Origin.Failure = null;
        Assert.Equal("MISS", (await client.AskAsync(url)).Cache);
    }

    private static async Task<(HttpStatusCode, string)> StatusAsync(HttpClient client, string url)
    {
        var answer = await client.AskAsync(url);
        return (answer.Status, answer.Cache);
    }

    private async Task<string> UrlAsync(string template) =>
        template.Replace("{0}", await fixture.CreateTableAsync(), StringComparison.Ordinal);
}
