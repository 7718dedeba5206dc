using System.Net;
using CartoPlatform.HttpCache.Tests.Hosting;

namespace CartoPlatform.HttpCache.Tests;

/// <summary>What a request may ask and what an answer says, row by row, on an answer that is kept already.</summary>
public sealed class SemanticsTests(CacheFixture fixture) : IClassFixture<CacheFixture>
{
    [Theory]
    [InlineData(null, null, "HIT", HttpStatusCode.OK)]
    [InlineData("max-age=60", null, "HIT", HttpStatusCode.OK)]
    [InlineData("MAX-AGE=60", null, "HIT", HttpStatusCode.OK)]
    [InlineData("max-age=\"60\"", null, "HIT", HttpStatusCode.OK)]
    [InlineData("max-age=99999999999", null, "HIT", HttpStatusCode.OK)]
    [InlineData("max-age=60, max-age=0", null, "MISS", HttpStatusCode.OK)]
    [InlineData("max-age=0, max-age=60", null, "MISS", HttpStatusCode.OK)]
    [InlineData("max-age=0", null, "MISS", HttpStatusCode.OK)]
    [InlineData("max-age=-1", null, "HIT", HttpStatusCode.OK)]
    [InlineData("max-age=abc", null, "HIT", HttpStatusCode.OK)]
    [InlineData("max-age", null, "HIT", HttpStatusCode.OK)]
    [InlineData("no-cache", null, "BYPASS", HttpStatusCode.OK)]
    [InlineData("No-Cache, Max-Age=0", null, "BYPASS", HttpStatusCode.OK)]
    [InlineData("no-store", null, "BYPASS", HttpStatusCode.OK)]
    [InlineData("only-if-cached", null, "HIT", HttpStatusCode.OK)]
    [InlineData("only-if-cached, max-age=0", null, "BYPASS", HttpStatusCode.GatewayTimeout)]
    [InlineData("max-stale", null, "HIT", HttpStatusCode.OK)]
    [InlineData("stale-if-error=60, stale-while-revalidate=60", null, "HIT", HttpStatusCode.OK)]
    [InlineData("min-fresh=60", null, "HIT", HttpStatusCode.OK)]
    [InlineData("min-fresh=x", null, "HIT", HttpStatusCode.OK)]
    [InlineData("min-fresh=2147483648", null, "MISS", HttpStatusCode.OK)]
    [InlineData("no-transform, nonsense, =, \"", null, "HIT", HttpStatusCode.OK)]
    [InlineData(null, "no-cache", "BYPASS", HttpStatusCode.OK)]
    [InlineData(null, "nonsense", "HIT", HttpStatusCode.OK)]
    [InlineData("max-age=60", "no-cache", "HIT", HttpStatusCode.OK)]
    public async Task Directive_decides(string? cacheControl, string? pragma, string expected, HttpStatusCode status)
    {
        using var client = fixture.Host.Owner();
        var url = await TileAsync();
        await client.AskAsync(url);
        (string, string)[] headers = pragma is null ? [] : [("Pragma", pragma)];
        var answer = await client.AskAsync(url, cacheControl, null, null, headers);
        Assert.Equal((expected, status), (answer.Cache, answer.Status));
        if (status != HttpStatusCode.OK) Assert.Contains("\"error\"", answer.Body, StringComparison.Ordinal);
        // Whatever was asked, the answer stays for the others.
        Assert.Equal("HIT", (await client.AskAsync(url, "only-if-cached")).Cache);
    }

    [Theory]
    [InlineData("{0}", 304)]
    [InlineData("W/{0}", 304)]
    [InlineData("\"a\", {0}, \"b\"", 304)]
    [InlineData("\"a,b\", W/{0}", 304)]
    [InlineData("*", 304)]
    [InlineData("\"other\"", 200)]
    [InlineData("W/\"other\"", 200)]
    [InlineData("nonsense", 200)]
    [InlineData("", 200)]
    public async Task Condition_on_a_tile_decides_between_304_and_200(string condition, int status)
    {
        using var client = fixture.Host.Owner();
        var url = await TileAsync();
        var whole = await client.AskAsync(url);
        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Head, HttpMethod.Get])
        {
            var answer = await client.AskAsync(url, null, method, null, ("If-None-Match", condition.Replace("{0}", whole.Header("ETag"), StringComparison.Ordinal)));
            Assert.Equal(status, (int)answer.Status);
            Assert.Equal(whole.Header("ETag"), answer.Header("ETag"));
            Assert.NotNull(answer.Response.Headers.CacheControl);
            Assert.Contains("Accept-Encoding", answer.Response.Headers.Vary);
            if (status == 304 || method == HttpMethod.Head) Assert.Empty(answer.Body);
        }
    }

    [Theory]
    [InlineData("If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT")]
    [InlineData("If-Unmodified-Since", "Fri, 01 Jan 1999 00:00:00 GMT")]
    [InlineData("Range", "bytes=0-1")]
    [InlineData("If-Match", "\"other\"")]
    public async Task Other_conditions_change_nothing(string name, string value)
    {
        using var client = fixture.Host.Owner();
        var url = await TileAsync();
        var whole = await client.AskAsync(url);
        foreach (var _ in Enumerable.Range(0, 2))
        {
            var answer = await client.AskAsync(url, null, null, null, (name, value));
            Assert.Equal((HttpStatusCode.OK, whole.Body, "HIT"), (answer.Status, answer.Body, answer.Cache));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("&format=tilejson")]
    public async Task Map_and_tilejson_answer_every_condition_whole(string more)
    {
        using var client = fixture.Host.Owner();
        var url = $"/v3/maps/main/table?name={await fixture.CreateTableAsync()}{more}";
        await client.AskAsync(url);
        foreach (var (name, value) in (IEnumerable<(string, string)>)[("If-None-Match", "*"), ("If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT")])
        {
            var answer = await client.AskAsync(url, null, null, null, (name, value));
            Assert.Equal((HttpStatusCode.OK, "HIT"), (answer.Status, answer.Cache));
            Assert.StartsWith("{", answer.Body, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("br", "br")]
    [InlineData("gzip, br", "br")]
    [InlineData("gzip;q=1, br;q=0.5", "gzip")]
    [InlineData("*", "br")]
    [InlineData("identity", null)]
    [InlineData("gzip;q=0", null)]
    [InlineData("deflate, nonsense", null)]
    public async Task Coding_is_negotiated_on_a_hit_and_every_coding_has_a_tag_of_its_own(string accepted, string? coding)
    {
        using var client = fixture.Host.Owner();
        var url = $"/v3/sql/main/query?q=SELECT repeat('x', 4000) AS x FROM {await fixture.CreateTableAsync()}";
        var plain = await client.AskAsync(url);
        foreach (var expected in (string[])["HIT", "HIT"])
        {
            var answer = await client.AskAsync(url, null, null, null, ("Accept-Encoding", accepted));
            Assert.Equal((expected, coding), (answer.Cache, answer.Response.Content.Headers.ContentEncoding.SingleOrDefault()));
            Assert.Equal(coding is null, plain.Header("ETag") == answer.Header("ETag"));
        }

        // Who takes no coding still gets the very bytes.
        Assert.Equal(plain.Body, (await client.AskAsync(url)).Body);
    }

    [Theory]
    [InlineData("/v3/maps/main/table/0/0/0?name={0}&cache=12345", "private, max-age=0")]
    [InlineData("/v3/maps/main/table/0/0/0?name={0}&cache=-1", "private, no-cache")]
    [InlineData("/v3/maps/main/table/0/0/0?name={0}&cache=abc", "private, no-cache")]
    [InlineData("/v3/maps/main/table/0/0/0?name={0}&cache=99999999999999999999", "private, no-cache")]
    [InlineData("/v3/maps/main/table?name={0}&cache=12345", "private, no-cache")]
    public async Task Browser_keeps_only_what_names_its_own_version(string template, string expected)
    {
        using var client = fixture.Host.Owner();
        var url = template.Replace("{0}", await fixture.CreateTableAsync(), StringComparison.Ordinal);
        foreach (var _ in Enumerable.Range(0, 3))
            Assert.Equal(expected.Split(", ").Order(), (await client.AskAsync(url)).Header("Cache-Control")!.Split(", ").Order());
    }

    [Theory]
    [InlineData("/v3/maps/main/table/0/0/0?name={0}&formatTiles=mvt")]
    [InlineData("/v3/maps/main/table/0/0/0?name={0}&formatTiles=binary")]
    [InlineData("/v3/sql/main/query?q=SELECT id FROM {0} ORDER BY id")]
    public async Task Same_data_read_anew_have_the_same_tag(string template)
    {
        using var client = fixture.Host.Owner();
        var table = await fixture.CreateTableAsync();
        // Rows in another order on the disk, and the plan of a table that was never analysed.
        await fixture.Database.ExecuteAsync($"INSERT INTO {table} SELECT i, ST_SetSRID(ST_Point(i % 170, i % 80), 4326) FROM generate_series(6, 900) AS i; UPDATE {table} SET id = id WHERE id % 3 = 0");
        var url = template.Replace("{0}", table, StringComparison.Ordinal);
        var tags = new HashSet<string?>();
        foreach (var _ in Enumerable.Range(0, 3))
        {
            var answer = await client.AskAsync(url, "max-age=0");
            Assert.Equal("MISS", answer.Cache);
            tags.Add(answer.Header("ETag"));
        }

        Assert.NotNull(Assert.Single(tags));
    }

    [Fact]
    public async Task Revoked_token_gets_nothing_that_it_got_a_moment_ago()
    {
        var url = await TileAsync();
        var token = fixture.AddToken(["maps"], new Contracts.Workspace.GrantRecord("main"));
        using var client = fixture.Host.As(token);
        foreach (var expected in (string[])["MISS", "HIT", "HIT", "HIT"]) Assert.Equal(expected, (await client.AskAsync(url)).Cache);
        fixture.Maps.Workspace.Tokens.TryRemove(token.Id, out _);
        await Testing.Platform.Wait.UntilAsync("it is refused", async () => (await client.AskAsync(url)).Status == HttpStatusCode.Unauthorized, TimeSpan.FromSeconds(60));
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.AskAsync(url)).Status);
    }

    private async Task<string> TileAsync() => $"/v3/maps/main/table/0/0/0?name={await fixture.CreateTableAsync()}&formatTiles=mvt";
}
