using System.Net;
using System.Text;
using CartoPlatform.HttpCache.Tests.Hosting;

namespace CartoPlatform.HttpCache.Tests.Access;

/// <summary>Requests that say two things at once, or one in another's spelling: what is decided on is what is read.</summary>
public sealed class PollutionTests(AccessFixture fixture) : IClassFixture<AccessFixture>
{
    [Theory]
    [InlineData("/v3/maps/main/table?name=demo.places&name=demo.secrets&format=geojson")]
    [InlineData("/v3/maps/main/table?name=demo.secrets&name=demo.places&format=geojson")]
    [InlineData("/v3/maps/main/table?NAME=demo.secrets&name=demo.places&format=geojson")]
    [InlineData("/v3/maps/main/table?name=demo.places%00demo.secrets&format=geojson")]
    [InlineData("/v3/maps/main/table?name=demo.places,demo.secrets&format=geojson")]
    [InlineData("/v3/maps/main/table?name=demo.places&tilesetTableName=demo.secrets&format=geojson")]
    [InlineData("/v3/maps/main/query?name=demo.places&q=SELECT%20*%20FROM%20demo.secrets&format=geojson")]
    [InlineData("/v3/maps/main/table?name=demo.places&q=SELECT%20*%20FROM%20demo.secrets&format=geojson")]
    [InlineData("/v3/maps/main/table?name=demo.places&definition=0000000000000000000000000000000000000000000000000000000000000000&format=geojson")]
    [InlineData("/v3/sql/main/query?q=SELECT%201&q=SELECT%20*%20FROM%20demo.secrets")]
    [InlineData("/v3/sql/main/query?type=table&source=demo.places&q=SELECT%20*%20FROM%20demo.secrets")]
    [InlineData("""/v3/sql/main/model/table?type=table&type=query&source=demo.places&source=SELECT%20*%20FROM%20demo.secrets&params={"column":["v"]}""")]
    [InlineData("""/v3/sql/main/model/table?type=query&source=demo.secrets&params={"column":["v"]}""")]
    [InlineData("""/v3/sql/main/model/table?type=table&source=demo.places&params={"column":["v"]}&params={"column":["(SELECT v FROM demo.secrets LIMIT 1)"]}""")]
    [InlineData("/v3/stats/main/demo.places/v?q=SELECT%20*%20FROM%20demo.secrets")]
    [InlineData("/v3/stats/main/v?q=SELECT%20*%20FROM%20demo.secrets&name=demo.places")]
    [InlineData("/v3/stats/main/demo.places%2Fdemo.secrets/v")]
    [InlineData("/v3/maps/main/demo.places/../table?name=demo.secrets&format=geojson")]
    [InlineData("/v3/maps/main/boundary?tilesetTableName=demo.places&propertiesTableName=demo.secrets")]
    [InlineData("/v3/maps/main/boundary?tilesetTableName=demo.places&propertiesSqlQuery=SELECT%20*%20FROM%20demo.secrets")]
    [InlineData("/v3/maps/MAIN/table?name=demo.places&format=geojson")]
    [InlineData("/v3/maps/main%2Fx/table?name=demo.secrets&format=geojson")]
    public async Task Request_that_says_two_things_gives_nothing_of_the_other(string url)
    {
        using var owner = fixture.Host.Owner();
        using var caller = fixture.With("demo.places");
        // Others have warmed the cache with the same words.
        for (var i = 0; i < 2; i++) await owner.AskAsync(url);

        for (var i = 0; i < 2; i++)
        {
            var answer = await caller.AskAsync(url);
            Assert.True((int)answer.Status < 500, $"{answer.Status} {answer.Body}");
            Assert.DoesNotContain("secret-", answer.Body, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/v3/maps/main/table?name=demo.places", """{"name":"demo.secrets","format":"geojson"}""")]
    [InlineData("/v3/maps/main/table?name=demo.secrets", """{"name":"demo.places","format":"geojson"}""")]
    [InlineData("/v3/maps/main/table", """{"name":"demo.places","name":"demo.secrets","format":"geojson"}""")]
    [InlineData("/v3/maps/main/table", """{"name":"demo.secrets","name":"demo.places","format":"geojson"}""")]
    [InlineData("/v3/maps/main/table", """{"name":["demo.places","demo.secrets"],"format":"geojson"}""")]
    [InlineData("/v3/maps/main/table", """{"name":"demo.places","na\u006de":"demo.secrets","format":"geojson"}""")]
    [InlineData("/v3/sql/main/model/table?type=table&source=demo.places", """{"type":"table","source":"demo.secrets","params":{"column":["v"]}}""")]
    [InlineData("/v3/sql/main/model/table", """{"type":"table","source":"demo.places","source":"demo.secrets","params":{"column":["v"]}}""")]
    [InlineData("/v3/sql/main/model/table", """{"type":"table","source":"demo.secrets","source":"demo.places","params":{"column":["v"]}}""")]
    [InlineData("/v3/sql/main/query", """{"q":"SELECT * FROM demo.places","q":"SELECT * FROM demo.secrets"}""")]
    public async Task Body_and_address_that_differ_give_nothing_of_the_other(string url, string json)
    {
        using var owner = fixture.Host.Owner();
        using var caller = fixture.With("demo.places");
        for (var i = 0; i < 2; i++) await owner.PostAsync(url, json);

        for (var i = 0; i < 2; i++)
        {
            var answer = await caller.PostAsync(url, json);
            Assert.True((int)answer.Status < 500, $"{answer.Status} {answer.Body}");
            Assert.DoesNotContain("secret-", answer.Body, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("demo.pla\u0441es")]
    [InlineData("demo\uff0eplaces")]
    [InlineData("demo.\u200bplaces")]
    [InlineData("demo.PLACE\u017f")]
    [InlineData("demo.places\u0000")]
    [InlineData("U&\"demo\".\"places\"")]
    [InlineData("demo/**/.places")]
    [InlineData("demo.places -- x")]
    [InlineData("demo.places@main")]
    [InlineData("demo%2eplaces")]
    [InlineData("demo.places*")]
    [InlineData("ONLY demo.places")]
    [InlineData("demo.places AS p")]
    [InlineData("demo..places")]
    [InlineData(".demo.places")]
    [InlineData("demo.places.")]
    [InlineData("demo.places.geom")]
    [InlineData("16384")]
    public async Task Text_that_is_no_spelling_of_the_table_is_refused_as_any_other(string name)
    {
        using var caller = fixture.With("demo.places");
        foreach (var url in (string[])[$"/v3/maps/main/table?name={Uri.EscapeDataString(name)}", $"/v3/stats/main/{Uri.EscapeDataString(name)}/v"])
        {
            var answer = await caller.AskAsync(url);
            Assert.True(answer.Status is HttpStatusCode.BadRequest or HttpStatusCode.Forbidden or HttpStatusCode.NotFound, $"{url} {answer.Status} {answer.Body}");
        }
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("[1,2]")]
    [InlineData("[null]")]
    [InlineData("[[1]]")]
    [InlineData("[{\"a\":1}]")]
    [InlineData("{\"1\":1}")]
    [InlineData("\"1\"")]
    [InlineData("[\"(SELECT 1)\"]")]
    [InlineData("[1e400]")]
    [InlineData("[true]")]
    public async Task Values_of_another_shape_stay_values(string values)
    {
        using var caller = fixture.With(AccessFixture.Query);
        foreach (var url in (string[])[$"/v3/sql/main/query?q={Uri.EscapeDataString(AccessFixture.Query)}", $"/v3/maps/main/query?q={Uri.EscapeDataString(AccessFixture.Query)}&format=geojson"])
        {
            var answer = await caller.AskAsync($"{url}&queryParameters={Uri.EscapeDataString(values)}");
            Assert.True((int)answer.Status < 500, $"{answer.Status} {answer.Body}");
            Assert.DoesNotContain("secret-", answer.Body, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Grant_does_not_follow_a_table_to_its_next_name_and_the_cache_does_not_stay_with_the_old_one()
    {
        await fixture.ExecuteAsync("CREATE TABLE demo.shown AS SELECT 1 AS id, 'shown-row' AS v; CREATE TABLE demo.hidden AS SELECT 1 AS id, 'secret-row' AS v;");
        using var caller = fixture.With("demo.shown");
        const string Url = """/v3/sql/main/model/table?type=table&source=demo.shown&params={"column":["v"]}""";
        for (var i = 0; i < 3; i++) Assert.Contains("shown-row", (await caller.AskAsync(Url)).Body, StringComparison.Ordinal);

        await fixture.ExecuteAsync("ALTER TABLE demo.shown RENAME TO moved");

        var moved = await caller.AskAsync(Url.Replace("demo.shown", "demo.moved", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Forbidden, moved.Status);
        await Testing.Platform.Wait.UntilAsync("nothing is under the old name", async () => !(await caller.AskAsync(Url)).Body.Contains("shown-row", StringComparison.Ordinal), TimeSpan.FromSeconds(20));
        // A view of the owner's under that name shows what he put into it, and nothing before.
        await fixture.ExecuteAsync("CREATE VIEW demo.shown AS SELECT id, upper(v) AS v FROM demo.moved");
        await Testing.Platform.Wait.UntilAsync("the view is there", async () => (await caller.AskAsync(Url)).Body.Contains("SHOWN-ROW", StringComparison.Ordinal), TimeSpan.FromSeconds(20));
        Assert.Equal(HttpStatusCode.Forbidden, (await caller.AskAsync(Url.Replace("demo.shown", "demo.hidden", StringComparison.Ordinal))).Status);
    }

    [Fact]
    public async Task Job_and_export_take_a_grant_on_the_sql_and_not_on_the_table()
    {
        using var caller = fixture.With("demo.places");
        foreach (var format in (string[])["csv", "ndjson", "geojson", "arrow"])
            Assert.Equal(HttpStatusCode.Forbidden, (await caller.AskAsync($"/v3/sql/main/query?q=SELECT%20*%20FROM%20demo.places&format={format}")).Status);

        using var body = new StringContent("""{"query":"SELECT * FROM demo.places"}""", Encoding.UTF8, "application/json");
        Assert.Equal(HttpStatusCode.Forbidden, (await caller.AskAsync("/v3/sql/main/job", method: HttpMethod.Post, body: body)).Status);
    }
}
