using System.Net;
using System.Text.Json;
using CartoPlatform.HttpCache.Tests.Hosting;

namespace CartoPlatform.HttpCache.Tests.Access;

public sealed class NamedSourceTests(AccessFixture fixture) : IClassFixture<AccessFixture>
{
    [Theory]
    [InlineData("[4]", 2)]
    [InlineData("[6]", 0)]
    public async Task Parameters_go_into_the_query_behind_the_name(string parameters, int rows)
    {
        using var caller = fixture.With(AccessFixture.Named);

        var answer = await caller.AskAsync($"/v3/sql/main/query?q={AccessFixture.Named}&queryParameters={parameters}");

        Assert.Equal(rows, JsonDocument.Parse(answer.Body).RootElement.GetProperty("rows").GetArrayLength());
    }

    [Theory]
    [InlineData("[\"1 OR 1=1\"]")]
    [InlineData("[\"1) UNION SELECT id, 1, geom FROM demo.secrets --\"]")]
    [InlineData("[\"1; DROP TABLE demo.places\"]")]
    public async Task Parameters_are_values_and_never_sql(string parameters)
    {
        using var caller = fixture.With(AccessFixture.Named);

        var answer = await caller.AskAsync($"/v3/sql/main/query?q={AccessFixture.Named}&queryParameters={Uri.EscapeDataString(parameters)}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.DoesNotContain("secret-", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Edit_is_seen_in_the_next_answer_of_each_api_and_gives_tiles_new_urls()
    {
        fixture.Name("edited-source", "SELECT * FROM demo.places WHERE v <= 2");
        using var caller = fixture.With("edited-source");
        string[] urls =
        [
            "/v3/sql/main/query?q=edited-source",
            "/v3/maps/main/query?q=edited-source&format=tilejson",
            """/v3/sql/main/model/formula?type=query&source=edited-source&params={"column":"v","operation":"sum"}""",
            "/v3/stats/main/v?q=edited-source",
            "/v3/maps/main/query/0/0/0?q=edited-source&formatTiles=mvt",
        ];
        var before = new List<Answer>();
        foreach (var url in urls)
        {
            await caller.AskAsync(url);
            before.Add(await caller.AskAsync(url));
        }

        fixture.Name("edited-source", "SELECT * FROM demo.places WHERE v <= 3", revision: 2);
        fixture.Host.AskAgain();

        foreach (var (url, old) in urls.Zip(before))
        {
            var answer = await caller.AskAsync(url);
            Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (old.Status, answer.Status));
            Assert.True(old.Body != answer.Body, $"{url} gives what was before: {answer.Body}");
            Assert.NotEqual("HIT", answer.Cache);
        }

        static string? CacheOf(Answer tileJson) => System.Text.RegularExpressions.Regex.Match(tileJson.Body, "cache=(\\d+)").Groups[1].Value;
        Assert.NotEqual(CacheOf(before[1]), CacheOf(await caller.AskAsync(urls[1])));
    }

    [Fact]
    public async Task Holder_of_the_name_may_not_send_its_sql_and_holder_of_the_sql_may_not_use_the_name()
    {
        using var byName = fixture.With(AccessFixture.Named);
        using var bySql = fixture.With(AccessFixture.Query);

        foreach (var (kind, url) in AccessFixture.Requests)
        {
            if (kind == "query") GrantTableTests.AssertRefused(await byName.AskAsync(url), url);
            if (kind == "named") GrantTableTests.AssertRefused(await bySql.AskAsync(url), url);
        }
    }

    [Fact]
    public async Task Name_that_is_missing_is_404_to_who_may_read_everything_and_403_to_others()
    {
        using var everything = fixture.With("*");
        using var little = fixture.With("demo.places");
        string[] urls =
        [
            "/v3/sql/main/query?q=no-such-name", "/v3/maps/main/query?q=no-such-name", "/v3/stats/main/v?q=no-such-name",
            """/v3/sql/main/model/formula?type=query&source=no-such-name&params={"column":"v","operation":"sum"}""",
        ];

        foreach (var url in urls)
        {
            var answer = await everything.AskAsync(url);
            Assert.Equal((HttpStatusCode.NotFound, """{"error":"There is no named source no-such-name"}"""), (answer.Status, answer.Body));
            GrantTableTests.AssertRefused(await little.AskAsync(url), url);
        }
    }

    [Fact]
    public async Task What_is_wrong_with_the_sql_behind_a_name_is_told_to_its_holders_alone()
    {
        using var little = fixture.With("demo.places");

        // One value too few: the holder gets 400.
        GrantTableTests.AssertRefused(await little.AskAsync($"/v3/sql/main/query?q={AccessFixture.Named}"), "query");
    }
}
