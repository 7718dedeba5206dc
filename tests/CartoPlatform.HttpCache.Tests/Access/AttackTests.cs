using System.Net;
using CartoPlatform.HttpCache.Tests.Hosting;

namespace CartoPlatform.HttpCache.Tests.Access;

/// <summary>Ways in which a token that may read little could try to read more.</summary>
public sealed class AttackTests(AccessFixture fixture) : IClassFixture<AccessFixture>
{
    [Theory]
    [InlineData("demo.places", HttpStatusCode.OK)]
    [InlineData("Demo.PLACES", HttpStatusCode.OK)]
    [InlineData("\"demo\".\"places\"", HttpStatusCode.OK)]
    [InlineData("demo.\"places\"", HttpStatusCode.OK)]
    // Without a schema the search path decides: that is another table here.
    [InlineData("places", HttpStatusCode.Forbidden)]
    [InlineData("public.places", HttpStatusCode.Forbidden)]
    [InlineData("demo.secrets", HttpStatusCode.Forbidden)]
    [InlineData("demo.view_of_secrets", HttpStatusCode.Forbidden)]
    [InlineData("pg_catalog.pg_class", HttpStatusCode.Forbidden)]
    [InlineData("pg_authid", HttpStatusCode.Forbidden)]
    [InlineData("information_schema.tables", HttpStatusCode.Forbidden)]
    [InlineData("demo.nothing", HttpStatusCode.Forbidden)]
    // The grant names no database: who may read the table in any learns that there is none in this one.
    [InlineData("other.demo.places", HttpStatusCode.NotFound)]
    [InlineData("demo.places UNION SELECT * FROM demo.secrets", HttpStatusCode.Forbidden)]
    [InlineData("demo.places; SELECT 1", HttpStatusCode.Forbidden)]
    [InlineData("\"demo.places\"", HttpStatusCode.Forbidden)]
    [InlineData("demo.places\"", HttpStatusCode.BadRequest)]
    public async Task Every_spelling_of_a_table_gives_the_same_decision(string name, HttpStatusCode expected)
    {
        using var caller = fixture.With("demo.places");
        var written = Uri.EscapeDataString(name);
        string[] urls =
        [
            $"/v3/maps/main/table?name={written}", $"/v3/maps/main/table/0/0/0?name={written}&formatTiles=mvt", $"/v3/stats/main/{written}/v",
            $$"""/v3/sql/main/model/formula?type=table&source={{written}}&params={"column":"v","operation":"count"}""",
        ];

        foreach (var url in urls) Assert.Equal((url, expected), (url, (await caller.AskAsync(url)).Status));
    }

    [Theory]
    [InlineData(AccessFixture.Query, true)]
    [InlineData(AccessFixture.Query + ";", true)]
    [InlineData("\r\n\t" + AccessFixture.Query + " ; ;\n", true)]
    [InlineData("select * from demo.places where v >= $1", false)]
    [InlineData("SELECT  * FROM demo.places WHERE v >= $1", false)]
    [InlineData("/* x */ " + AccessFixture.Query, false)]
    [InlineData(AccessFixture.Query + " -- x", false)]
    [InlineData(AccessFixture.Query + "\u00a0", false)]
    [InlineData("\ufeff" + AccessFixture.Query, false)]
    [InlineData(AccessFixture.Query + "; SELECT * FROM demo.secrets", false)]
    [InlineData("SELECT * FROM (" + AccessFixture.Query + ") AS s", false)]
    [InlineData("SELECT * FROM demo.places WHERE v >= $2", false)]
    [InlineData("demo.places", false)]
    public async Task Query_grant_is_its_text_with_free_values(string text, bool isAllowed)
    {
        using var caller = fixture.With(AccessFixture.Query);
        var url = $"/v3/sql/main/query?q={Uri.EscapeDataString(text)}&queryParameters=[3,3]";

        var answer = await caller.AskAsync(url);

        if (isAllowed) Assert.True(answer.Status == HttpStatusCode.OK, answer.Body);
        else GrantTableTests.AssertRefused(answer, url);
    }

    [Theory]
    [InlineData("""/v3/sql/main/model/formula?type=table&source=demo.places&params={"column":"v","operation":"custom","operationExp":"(SELECT count(*) FROM demo.secrets)"}""")]
    [InlineData("""/v3/sql/main/model/formula?type=table&source=demo.places&params={"column":"v","operation":"custom","operationExp":"query_to_xml('SELECT * FROM demo.secrets', true, false, '')"}""")]
    [InlineData("""/v3/sql/main/model/formula?type=table&source=demo.places&params={"column":"v) FROM demo.secrets --","operation":"sum"}""")]
    [InlineData("""/v3/sql/main/model/category?type=table&source=demo.places&params={"column":"v","operation":"count","operationColumn":"(SELECT 1)"}""")]
    [InlineData("""/v3/sql/main/model/table?type=table&source=demo.places&params={"column":["v, (SELECT v FROM demo.secrets LIMIT 1)"]}""")]
    [InlineData("""/v3/sql/main/model/table?type=table&source=demo.places&params={"column":["v"],"sortBy":"v; SELECT 1"}""")]
    [InlineData("""/v3/sql/main/model/formula?type=table&source=demo.places&params={"column":"v","operation":"sum"}&filters={"v) OR EXISTS (SELECT 1 FROM demo.secrets":{"in":{"values":[1]}}}""")]
    [InlineData("/v3/maps/main/table/0/0/0?name=demo.places&columns=v,(SELECT v FROM demo.secrets)")]
    [InlineData("/v3/maps/main/table?name=demo.places&spatialDataColumn=(SELECT geom FROM demo.secrets)")]
    [InlineData("/v3/maps/main/table?name=demo.places&spatialDataType=h3&spatialDataColumn=geom&aggregationExp=(SELECT count(*) FROM demo.secrets) AS n")]
    [InlineData("/v3/stats/main/demo.places/v FROM demo.secrets --")]
    public async Task Field_that_smuggles_in_another_table_is_an_error_without_its_data(string url)
    {
        using var caller = fixture.With("demo.places");

        var answer = await caller.AskAsync(url.Replace(" ", "%20", StringComparison.Ordinal));

        Assert.True(answer.Status is HttpStatusCode.BadRequest or HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.NotImplemented, $"{answer.Status} {answer.Body}");
        Assert.DoesNotContain("secret-", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tile_url_of_one_source_opens_no_other()
    {
        using var caller = fixture.With("demo.places");
        var map = await caller.AskAsync("/v3/maps/main/table?name=demo.places&format=tilejson");
        Assert.Contains("demo.places", map.Body, StringComparison.Ordinal);

        GrantTableTests.AssertRefused(await caller.AskAsync("/v3/maps/main/table/0/0/0?name=demo.secrets&formatTiles=mvt"), "altered name");
        GrantTableTests.AssertRefused(await caller.AskAsync($"/v3/maps/main/query/0/0/0?q={Uri.EscapeDataString("SELECT * FROM demo.places")}"), "altered kind");
    }

    [Fact]
    public async Task Stored_definition_of_another_is_checked_like_any_request()
    {
        using var owner = fixture.Host.Owner();
        var filler = string.Join(" OR ", Enumerable.Range(0, 1_500).Select(i => $"v <> '{i}'"));
        var map = await owner.PostAsync("/v3/maps/main/query", System.Text.Json.JsonSerializer.Serialize(new { q = $"SELECT * FROM demo.secrets WHERE {filler}" }));
        var definition = System.Text.RegularExpressions.Regex.Match(map.Body, "definition=([0-9a-f]{64})");
        Assert.True(definition.Success, map.Body);

        using var caller = fixture.With("demo.places", AccessFixture.Query);
        var url = $"/v3/maps/main/query/0/0/0?{definition.Value}&formatTiles=mvt";

        GrantTableTests.AssertRefused(await caller.AskAsync(url), url);
    }

    [Fact]
    public async Task View_is_a_resource_of_its_own()
    {
        using var ofView = fixture.With("demo.view_of_secrets");
        using var ofTable = fixture.With("demo.secrets");

        Assert.Equal(HttpStatusCode.OK, (await ofView.AskAsync("/v3/maps/main/table?name=demo.view_of_secrets")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await ofView.AskAsync("/v3/maps/main/table?name=demo.secrets")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await ofTable.AskAsync("/v3/maps/main/table?name=demo.view_of_secrets")).Status);
    }

    [Theory]
    [InlineData("https://app.example.org/", HttpStatusCode.OK)]
    [InlineData("https://app.example.org/a/b?c#d", HttpStatusCode.OK)]
    [InlineData("HTTPS://APP.EXAMPLE.ORG:443", HttpStatusCode.OK)]
    [InlineData("https://app.example.org.evil.example/", HttpStatusCode.Forbidden)]
    [InlineData("https://app.example.org@evil.example/", HttpStatusCode.Forbidden)]
    [InlineData("https://evil.example/https://app.example.org", HttpStatusCode.Forbidden)]
    [InlineData("https://evil.example/?https://app.example.org/", HttpStatusCode.Forbidden)]
    [InlineData("http://app.example.org/", HttpStatusCode.Forbidden)]
    [InlineData("https://app.example.org:8443/", HttpStatusCode.Forbidden)]
    [InlineData("https://app.example.org\\@evil.example/", HttpStatusCode.Forbidden)]
    [InlineData("//app.example.org/", HttpStatusCode.Forbidden)]
    [InlineData("null", HttpStatusCode.Forbidden)]
    [InlineData("", HttpStatusCode.Forbidden)]
    public async Task Referer_is_held_against_origins_also_out_of_a_warm_cache(string referer, HttpStatusCode expected)
    {
        var token = fixture.Token("demo.places") with { Referers = ["https://app.example.org"] };
        fixture.Workspace.Tokens[token.Id] = token;
        using var caller = fixture.Host.As(token);

        var answer = await caller.AskAsync("/v3/maps/main/table/0/0/0?name=demo.places&formatTiles=mvt", headers: ("Referer", referer));

        Assert.Equal(expected, answer.Status);
        if (expected == HttpStatusCode.Forbidden) Assert.Equal("""{"error":"Unauthorized referer"}""", answer.Body);
    }

    [Theory]
    [InlineData("https://app.example.org", "https://app.example.org/", HttpStatusCode.OK)]
    [InlineData("https://app.example.org", null, HttpStatusCode.OK)]
    [InlineData("https://evil.example", "https://app.example.org/", HttpStatusCode.Forbidden)]
    [InlineData("https://app.example.org", "https://evil.example/", HttpStatusCode.Forbidden)]
    [InlineData("null", "https://app.example.org/", HttpStatusCode.Forbidden)]
    [InlineData(null, null, HttpStatusCode.Forbidden)]
    public async Task Origin_counts_as_the_referer_does_also_out_of_a_warm_cache(string? origin, string? referer, HttpStatusCode expected)
    {
        var token = fixture.Token("demo.places") with { Referers = ["https://app.example.org"] };
        fixture.Workspace.Tokens[token.Id] = token;
        using var caller = fixture.Host.As(token);
        const string Url = "/v3/maps/main/table/0/0/0?name=demo.places&formatTiles=mvt";
        // The front of the cache knows the request by then, as it was allowed.
        for (var i = 0; i < 3; i++) await caller.AskAsync(Url, headers: ("Referer", "https://app.example.org/"));
        var headers = new[] { ("Origin", origin), ("Referer", referer) }.Where(header => header.Item2 is not null).Select(header => (header.Item1, header.Item2!)).ToArray();

        for (var i = 0; i < 3; i++) Assert.Equal(expected, (await caller.AskAsync(Url, headers: headers)).Status);
    }

    [Theory]
    [InlineData("""/v3/sql/main/model/formula?type=table&source=demo.places&params={"column":"v","operation":"custom","operationExp":"demo.leak()"}""")]
    [InlineData("""/v3/sql/main/model/formula?type=table&source=demo.places&params={"column":"v","operation":"custom","operationExp":"max(demo.leak(v))"}""")]
    [InlineData("""/v3/sql/main/model/formula?type=table&source=demo.places&params={"column":"v","operation":"custom","operationExp":"max(leak(v))"}""")]
    [InlineData("""/v3/sql/main/model/formula?type=table&source=demo.places&params={"column":"v","operation":"custom","operationExp":"max(v OPERATOR(demo.@@@@) v)"}""")]
    [InlineData("""/v3/sql/main/model/formula?type=table&source=demo.places&params={"column":"v","operation":"custom","operationExp":"max((places).leak)"}""")]
    [InlineData("""/v3/sql/main/model/formula?type=table&source=demo.places&params={"column":"leak","operation":"max"}""")]
    [InlineData("""/v3/sql/main/model/category?type=table&source=demo.places&params={"column":"leak","operation":"count"}""")]
    [InlineData("/v3/maps/main/table?name=demo.places&spatialDataType=quadbin&spatialDataColumn=geom&aggregationExp=max(demo.leak(v)) AS n")]
    [InlineData("/v3/maps/main/table/0/0/0?name=demo.places&columns=leak")]
    [InlineData("/v3/stats/main/demo.places/leak")]
    public async Task Function_that_may_read_more_than_the_caller_is_not_called_for_him(string url)
    {
        using var caller = fixture.With("demo.places");

        var answer = await caller.AskAsync(url.Replace(" ", "%20", StringComparison.Ordinal));

        Assert.True(answer.Status is HttpStatusCode.BadRequest or HttpStatusCode.Forbidden or HttpStatusCode.NotFound, $"{answer.Status} {answer.Body}");
        Assert.DoesNotContain("secret-", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SELECT set_config('search_path', 'demo', false)")]
    [InlineData("SELECT set_config('search_path', 'demo, public', true), pg_sleep(0)")]
    [InlineData("SELECT set_config('role', 'none', false), set_config('search_path', 'demo', false)")]
    [InlineData("SELECT set_config('default_transaction_read_only', 'off', false), set_config('search_path', 'demo', false)")]
    public async Task Search_path_that_one_caller_sets_is_not_the_next_ones(string setting)
    {
        const string Unqualified = "SELECT v::text AS v FROM places WHERE id = $1";
        using var everything = fixture.With("*");
        using var caller = fixture.With(Unqualified);
        async Task<string> AskAsync() => (await caller.AskAsync($"/v3/sql/main/query?q={Uri.EscapeDataString(Unqualified)}&queryParameters=[1]", "no-cache, max-age=0")).Body;
        var before = await AskAsync();
        Assert.Contains("secret-1", before, StringComparison.Ordinal);

        // As many as there are sessions, so that the caller gets one of them.
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => everything.AskAsync($"/v3/sql/main/query?q={Uri.EscapeDataString($"{setting} /* {i} */")}")));

        for (var i = 0; i < 20; i++) Assert.Equal(before, await AskAsync());
    }

    [Fact]
    public async Task Text_of_one_token_with_the_id_of_another_opens_neither()
    {
        var (one, other) = (fixture.Token("demo.places"), fixture.Token("demo.secrets"));
        using var ofOne = fixture.Host.As(one);
        using var ofOther = fixture.Host.As(other);
        var (first, second) = (ofOne.DefaultRequestHeaders.Authorization!.Parameter!.Split('.'), ofOther.DefaultRequestHeaders.Authorization!.Parameter!.Split('.'));
        using var mixed = fixture.Host.Anonymous();
        mixed.DefaultRequestHeaders.Authorization = new("Bearer", $"{first[0]}.{second[1]}.{first[2]}");

        foreach (var (_, url) in AccessFixture.Requests) Assert.Equal(HttpStatusCode.Unauthorized, (await mixed.AskAsync(url)).Status);
    }
}
