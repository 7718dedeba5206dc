using System.Net;
using CartoPlatform.SqlApi.Tests.Hosting;

namespace CartoPlatform.SqlApi.Tests.Models;

public sealed class CategoryModelTests(SqlFixture fixture) : IClassFixture<SqlFixture>, IAsyncLifetime
{
    // The fixture of the client library's own tests, with the answers they expect (contract, section 17).
    private const string States =
        "SELECT * FROM (VALUES ('NY', 100), ('CA', 200), ('FL', 400), ('IL', 400), ('IL', 100), ('TX', 300), ('TX', 600), ('TX', 700)) AS v(state, n)";

    public Task InitializeAsync() => fixture.Database.ExecuteAsync(WidgetTable.Sql);

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("""{"column":"state","operation":"sum","operationColumn":"n","othersThreshold":2}""", "TX 1600, IL 500, FL 400, CA 200, NY 100", "700")]
    [InlineData("""{"column":"state","operation":"count","othersThreshold":3}""", "TX 3, IL 2, CA 1, FL 1, NY 1", "2")]
    [InlineData("""{"column":"state","operation":"count","othersThreshold":3,"orderBy":"alphabetical_asc"}""", "CA 1, FL 1, IL 2, NY 1, TX 3", "4")]
    [InlineData("""{"column":"state","operation":"count","othersThreshold":4,"orderBy":"alphabetical_desc"}""", "TX 3, NY 1, IL 2, FL 1, CA 1", "1")]
    [InlineData("""{"column":"state","operation":"sum","operationColumn":"n","othersThreshold":1,"orderBy":"frequency_asc"}""", "NY 100, CA 200, FL 400, IL 500, TX 1600", "2700")]
    [InlineData("""{"column":"state","operation":"min","operationColumn":"n","othersThreshold":1}""", "FL 400, TX 300, CA 200, IL 100, NY 100", "100")]
    [InlineData("""{"column":"state","operation":"max","operationColumn":"n","othersThreshold":1}""", "TX 700, FL 400, IL 400, CA 200, NY 100", "400")]
    [InlineData("""{"column":"state","operation":"custom","operationExp":"sum(n)-min(n)","othersThreshold":2}""", "TX 1300, IL 400, CA 0, FL 0, NY 0", "600")]
    public async Task Others_are_the_aggregate_over_the_rows_behind_the_threshold(string parameters, string rows, string others)
    {
        var answer = await fixture.Host.Caller.ModelAsync("category", States, parameters);

        Assert.True(answer.Status == HttpStatusCode.OK, answer.Body);
        Assert.Equal(rows, Text(answer));
        Assert.Equal(others, answer.Json.GetProperty("metadata").GetProperty("others").GetRawText());
    }

    /// <summary>Of each type one form, wherever it comes from: a name that a widget shows is a value that a filter takes.</summary>
    [Theory]
    [InlineData("'10.0.0.1'::inet", "10.0.0.1")]
    [InlineData("'10.0.0.0/8'::inet", "10.0.0.0/8")]
    [InlineData("'::1'::inet", "::1")]
    [InlineData("'10.0.0.0/8'::cidr", "10.0.0.0/8")]
    [InlineData("'ab'::char(4)", "ab  ")]
    [InlineData("'a'::\"char\"", "a")]
    [InlineData("'08:00:2b:01:02:03'::macaddr", "08:00:2b:01:02:03")]
    [InlineData("'1 day'::interval", "1 day")]
    [InlineData("'{1,NULL}'::int[]", "{1,NULL}")]
    [InlineData("B'101'", "101")]
    public async Task Name_is_the_text_that_rows_have_and_passes_its_filter(string value, string name)
    {
        var source = $"SELECT {value} AS v";
        var filters = System.Text.Json.JsonSerializer.Serialize(new { v = new { @in = new { values = new[] { name } } } });

        if (!value.Contains("[]", StringComparison.Ordinal)) Assert.Equal(System.Text.Json.JsonSerializer.Serialize(name), await fixture.Host.Caller.ValueAsync(source));
        Assert.Equal($$"""[{"name":"{{name}}","value":1}]""", await fixture.Host.Caller.RowsAsync("category", source, """{"column":"v","operation":"count"}"""));
        var filtered = await fixture.Host.Caller.ModelAsync("category", source, """{"column":"v","operation":"count"}""", ("filters", filters));
        Assert.Equal($$"""[{"name":"{{name}}","value":1}]""", filtered.Rows);
    }

    [Fact]
    public async Task Blanks_at_the_end_of_a_char_are_none_to_a_filter() => Assert.Equal(
        """[{"name":"ab  ","value":1}]""",
        (await fixture.Host.Caller.ModelAsync("category", "SELECT 'ab'::char(4) AS v", """{"column":"v","operation":"count"}""", ("filters", """{"v":{"in":{"values":["ab"]}}}"""))).Rows);

    [Fact]
    public async Task Average_of_others_is_that_of_the_rows_and_not_of_the_averages()
    {
        var answer = await fixture.Host.Caller.ModelAsync("category", States, """{"column":"state","operation":"avg","operationColumn":"n","othersThreshold":1}""");

        // TX 533 comes first; the rest is 100, 200, 400, 400, 100.
        Assert.Equal(240, answer.Json.GetProperty("metadata").GetProperty("others").GetDouble());
    }

    [Theory]
    [InlineData("""{"column":"state","operation":"count","othersThreshold":5}""")]
    [InlineData("""{"column":"state","operation":"count","othersThreshold":0}""")]
    [InlineData("""{"column":"state","operation":"count"}""")]
    public async Task Without_categories_behind_the_threshold_there_are_no_others(string parameters) =>
        Assert.DoesNotContain("metadata", await fixture.Host.Caller.BodyAsync("category", States, parameters), StringComparison.Ordinal);

    [Fact]
    public async Task Null_is_a_category_of_its_own_that_sorts_as_the_text_null() => Assert.Equal(
        """[{"name":"Ärmel","value":1},{"name":"market","value":2},{"name":null,"value":2},{"name":"O'Brien \"x\"","value":1}]""",
        await fixture.Host.Caller.RowsAsync("category", "shops", """{"column":"kind","operation":"count","orderBy":"alphabetical_asc"}"""));

    [Theory]
    [InlineData("open", """[{"name":"true","value":3},{"name":"false","value":2},{"name":null,"value":1}]""")]
    [InlineData("small", """[{"name":null,"value":2},{"name":0.5,"value":1},{"name":1.5,"value":1},{"name":2.5,"value":1},{"name":3.5,"value":1}]""")]
    [InlineData("area", """[{"name":null,"value":4},{"name":2,"value":1},{"name":10,"value":1}]""")]
    [InlineData("day", """[{"name":"1969-12-31","value":1},{"name":"2024-01-01","value":1},{"name":"2024-01-07","value":1},{"name":"2024-01-08","value":1},{"name":"infinity","value":1},{"name":null,"value":1}]""")]
    [InlineData("revenue", """[{"name":50,"value":1},{"name":100,"value":1},{"name":200,"value":1},{"name":300,"value":1},{"name":"9007199254740993","value":1},{"name":null,"value":1}]""")]
    [InlineData("tags", """[{"name":null,"value":4},{"name":"[1]","value":1},{"name":"{\"a\": 1}","value":1}]""")]
    public async Task Name_is_text_number_or_null(string column, string rows) =>
        Assert.Equal(rows, await fixture.Host.Caller.RowsAsync("category", "shops", $$"""{"column":"{{column}}","operation":"count"}"""));

    [Fact]
    public async Task Operation_is_on_the_category_column_where_no_other_is_named() => Assert.Equal(
        """[{"name":3,"value":3},{"name":2,"value":2},{"name":1,"value":1}]""",
        await fixture.Host.Caller.RowsAsync("category", "SELECT generate_series(1, 3) AS n", """{"column":"n","operation":"max"}"""));

    [Fact]
    public async Task Without_rows_there_are_no_categories() =>
        Assert.Equal("""{"rows":[]}""", await fixture.Host.Caller.BodyAsync("category", "nothing", """{"column":"kind","operation":"count","othersThreshold":3}"""));

    [Theory]
    [InlineData("""{"operation":"count"}""")]
    [InlineData("""{"column":"kind","operation":"count","orderBy":"random"}""")]
    [InlineData("""{"column":"kind","operation":"count","othersThreshold":-1}""")]
    [InlineData("""{"column":"kind","operation":"count","othersThreshold":1.5}""")]
    [InlineData("""{"column":"kind","operation":"count","othersThreshold":"many"}""")]
    [InlineData("""{"column":"kind","operation":"sum","operationColumn":"geom"}""")]
    public async Task Category_that_cannot_be_is_400(string parameters) =>
        Assert.Equal(HttpStatusCode.BadRequest, (await fixture.Host.Caller.ModelAsync("category", "shops", parameters)).Status);

    private static string Text(SqlAnswer answer) => string.Join(
        ", ", answer.Json.GetProperty("rows").EnumerateArray().Select(row => $"{row.GetProperty("name").GetString()} {row.GetProperty("value").GetRawText()}"));
}
