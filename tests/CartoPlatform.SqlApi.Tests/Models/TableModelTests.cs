using System.Net;
using CartoPlatform.SqlApi.Tests.Hosting;

namespace CartoPlatform.SqlApi.Tests.Models;

public sealed class TableModelTests(SqlFixture fixture) : IClassFixture<SqlFixture>, IAsyncLifetime
{
    public Task InitializeAsync() => fixture.Database.ExecuteAsync(
        WidgetTable.Sql + """
        CREATE TABLE IF NOT EXISTS ties AS SELECT n % 3 AS third, n AS id FROM generate_series(1, 100) AS n;
        CREATE OR REPLACE VIEW tied AS SELECT * FROM ties;
        CREATE TABLE IF NOT EXISTS places AS SELECT n % 3 AS third, n AS id, ST_SetSRID(ST_Point(n, 0), 4326) AS geom FROM generate_series(1, 100) AS n;
        GRANT SELECT ON ALL TABLES IN SCHEMA public TO PUBLIC;
        """);

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Keys_are_as_requested_and_values_as_the_query_endpoint_writes_them() => Assert.Equal(
        """{"rows":[{"ID":1,"Order":"a","naïve \"x\"":1,"tags":{"a": 1},"geom":{"type":"Point","coordinates":[0,0]},"opened":"2024-01-01T00:00:00Z","area":10,"price":1.50}],"metadata":{"total":6}}""",
        await fixture.Host.Caller.BodyAsync("table", "shops", """{"column":["ID","Order","naïve \"x\"","tags","geom","opened","area","price","ID"],"limit":1}"""));

    [Theory]
    [InlineData("revenue", "asc", "6,1,2,3,4,5")]
    [InlineData("revenue", "DESC", "4,3,2,1,6,5")]
    [InlineData("kind", "asc", "1,2,6,3,4,5")]
    [InlineData("tags", "asc", "3,1,2,4,5,6")]
    public async Task Rows_are_sorted_with_nulls_at_the_end(string column, string direction, string ids)
    {
        var order = await IdsAsync("shops", $$"""{"column":["id"],"sortBy":"{{column}}","sortDirection":"{{direction}}"}""");

        // Texts sort by the rules of the database, of which only the place of the nulls is the same everywhere.
        if (column is "kind" or "tags") Assert.Equal(ids[^3..].Split(',').Order(), order[^2..].Order());
        else Assert.Equal(ids, string.Join(',', order));
    }

    [Theory]
    [InlineData("ties")]
    [InlineData("tied")]
    [InlineData("SELECT * FROM ties")]
    public async Task Pages_hold_each_row_once_also_when_rows_tie(string source)
    {
        foreach (var sort in (string[])["", ",\"sortBy\":\"third\"", ",\"sortBy\":\"third\",\"sortDirection\":\"desc\""])
        {
            var seen = new List<string>();
            for (var offset = 0; offset < 100; offset += 7)
                seen.AddRange(await IdsAsync(source, $$$"""{"column":["id"],"limit":7,"offset":{{{offset}}}{{{sort}}}}"""));

            Assert.Equal(Enumerable.Range(1, 100), seen.Select(int.Parse).Order());
        }
    }

    [Fact]
    public async Task Rows_of_a_query_that_tie_are_in_its_own_order() => Assert.Equal(
        ["99", "96", "93"], await IdsAsync("SELECT * FROM ties ORDER BY id DESC", """{"column":["id"],"limit":3,"sortBy":"third"}"""));

    [Theory]
    [InlineData("places")]
    [InlineData("SELECT * FROM places")]
    public async Task Pages_of_a_viewport_hold_each_of_its_rows_once_and_the_total(string source)
    {
        const string Viewport = """{"geom":{"type":"Polygon","coordinates":[[[10.5,-1],[60.5,-1],[60.5,1],[10.5,1],[10.5,-1]]]}}""";
        foreach (var sort in (string[])["", ",\"sortBy\":\"third\"", ",\"sortBy\":\"third\",\"sortDirection\":\"desc\""])
        {
            var seen = new List<(int Third, int Id)>();
            for (var offset = 0; offset <= 56; offset += 7)
            {
                var answer = await fixture.Host.Caller.ModelAsync(
                    "table", source, $$$"""{"column":["id","third"],"limit":7,"offset":{{{offset}}}{{{sort}}}}""", ("spatialFilters", Viewport));
                Assert.Equal(50, answer.Json.GetProperty("metadata").GetProperty("total").GetInt32());
                seen.AddRange(answer.Json.GetProperty("rows").EnumerateArray().Select(row => (row.GetProperty("third").GetInt32(), row.GetProperty("id").GetInt32())));
            }

            Assert.Equal(Enumerable.Range(11, 50), seen.Select(row => row.Id).Order());
            if (sort.Length > 0) Assert.Equal(sort.Contains("desc", StringComparison.Ordinal) ? seen.OrderByDescending(row => row.Third) : seen.OrderBy(row => row.Third), seen);
        }
    }

    [Fact]
    public async Task Order_of_a_query_counts_where_none_is_asked_for() => Assert.Equal(
        ["100", "99", "98"], await IdsAsync("SELECT * FROM ties ORDER BY id DESC", """{"column":["id"],"limit":3}"""));

    [Theory]
    [InlineData("shops", """{"column":["id"],"offset":1000}""", 6)]
    [InlineData("shops", """{"column":["id"],"limit":0}""", 6)]
    [InlineData("nothing", """{"column":["id"]}""", 0)]
    public async Task Empty_page_has_the_total(string source, string parameters, int total) => Assert.Equal(
        $$$"""{"rows":[],"metadata":{"total":{{{total}}}}}""", await fixture.Host.Caller.BodyAsync("table", source, parameters));

    [Fact]
    public async Task Default_page_is_of_ten_rows_and_numbers_may_be_texts()
    {
        Assert.Equal(10, (await IdsAsync("ties", """{"column":["id"]}""")).Length);
        Assert.Equal(["5", "6"], await IdsAsync("ties", """{"column":["id"],"sortBy":"id","limit":"2","offset":"4"}"""));
    }

    [Fact]
    public async Task Page_larger_than_the_row_limit_is_400_and_not_cut()
    {
        using var host = fixture.Start(("Sql:Limits:MaxRows", "50"));

        Assert.Equal(HttpStatusCode.OK, (await host.Caller.ModelAsync("table", "ties", """{"column":["id"],"limit":50}""")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await host.Caller.ModelAsync("table", "ties", """{"column":["id"],"limit":51}""")).Status);
    }

    [Fact]
    public async Task Column_that_a_query_gives_twice_is_numbered() => Assert.Equal(
        """[{"a":1,"a_1":2}]""", await fixture.Host.Caller.RowsAsync("table", "SELECT 1 AS a, 2 AS a", """{"column":["a","a_1"]}"""));

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"column":[]}""")]
    [InlineData("""{"column":"id"}""")]
    [InlineData("""{"column":["id",1]}""")]
    [InlineData("""{"column":["nowhere"]}""")]
    [InlineData("""{"column":["id"],"sortBy":"nowhere"}""")]
    [InlineData("""{"column":["id"],"sortBy":"id","sortDirection":"up"}""")]
    [InlineData("""{"column":["id"],"limit":-1}""")]
    [InlineData("""{"column":["id"],"offset":1e99}""")]
    [InlineData("""{"column":["id"],"limit":"1; DROP TABLE shops"}""")]
    public async Task Table_that_cannot_be_is_400(string parameters) =>
        Assert.Equal(HttpStatusCode.BadRequest, (await fixture.Host.Caller.ModelAsync("table", "shops", parameters)).Status);

    private async Task<string[]> IdsAsync(string source, string parameters)
    {
        var answer = await fixture.Host.Caller.ModelAsync("table", source, parameters);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Body);
        return [.. answer.Json.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("id").GetRawText())];
    }
}
