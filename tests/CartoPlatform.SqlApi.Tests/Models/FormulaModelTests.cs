using System.Net;
using CartoPlatform.SqlApi.Tests.Hosting;

namespace CartoPlatform.SqlApi.Tests.Models;

public sealed class FormulaModelTests(SqlFixture fixture) : IClassFixture<SqlFixture>, IAsyncLifetime
{
    public Task InitializeAsync() => fixture.Database.ExecuteAsync(WidgetTable.Sql);

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("""{}""", "6")]
    [InlineData("""{"column":"*","operation":"count"}""", "6")]
    [InlineData("""{"column":"","operation":"COUNT"}""", "6")]
    [InlineData("""{"column":"kind","operation":"count"}""", "6")]
    [InlineData("""{"column":"id","operation":"sum"}""", "21")]
    [InlineData("""{"column":"revenue","operation":"sum"}""", "9007199254741643")]
    [InlineData("""{"column":"id","operation":"avg"}""", "3.5000000000000000")]
    [InlineData("""{"column":"small","operation":"sum"}""", "8")]
    [InlineData("""{"column":"price","operation":"sum"}""", "1000000000014.25")]
    [InlineData("""{"column":"price","operation":"max"}""", "1000000000000.25")]
    [InlineData("""{"column":"area","operation":"min"}""", "null")]
    [InlineData("""{"column":"code","operation":"sum"}""", "112.5")]
    [InlineData("""{"column":"code","operation":"max"}""", "100")]
    [InlineData("""{"column":"open","operation":"sum"}""", "3")]
    [InlineData("""{"column":"REVENUE","operation":"min"}""", "50")]
    [InlineData("""{"column":"day","operation":"min"}""", "\"1969-12-31\"")]
    [InlineData("""{"column":"opened","operation":"max"}""", "\"2024-01-08T00:00:00Z\"")]
    [InlineData("""{"column":"naïve \"x\"","operation":"sum"}""", "16")]
    [InlineData("""{"operation":"custom","operationExp":"1 + 1"}""", "2")]
    [InlineData("""{"column":"","operation":"custom","operationExp":"sum(revenue) FILTER (WHERE id < 3) / sum(id)"}""", "14.2857142857142857")]
    public async Task Formula_is_one_number(string parameters, string value)
    {
        Assert.Equal($$"""[{"value":{{value}}}]""", await fixture.Host.Caller.RowsAsync("formula", "shops", parameters));
        Assert.Equal($$"""[{"value":{{value}}}]""", await fixture.Host.Caller.RowsAsync("formula", "SELECT * FROM shops -- ; the end", parameters));
    }

    [Theory]
    [InlineData("""{"operation":"count"}""", "0")]
    [InlineData("""{"operation":"sum","column":"id"}""", "null")]
    [InlineData("""{"operation":"avg","column":"id"}""", "null")]
    [InlineData("""{"operation":"max","column":"code"}""", "null")]
    public async Task Formula_over_nothing_is_null_and_a_count_is_0(string parameters, string value) =>
        Assert.Equal($$"""[{"value":{{value}}}]""", await fixture.Host.Caller.RowsAsync("formula", "nothing", parameters));

    [Theory]
    [InlineData("sum")]
    [InlineData("avg")]
    public async Task Sum_beyond_what_a_double_holds_is_said_to_be(string operation)
    {
        var answer = await fixture.Host.Caller.ModelAsync(
            "formula", "SELECT 1.7e308::float8 AS x FROM generate_series(1, 3)", $$"""{"column":"x","operation":"{{operation}}"}""");

        Assert.Equal((HttpStatusCode.BadRequest, "value out of range: overflow"), (answer.Status, answer.Error));
    }

    [Theory]
    [InlineData("""{"column":"paid","operation":"sum"}""", "The operation sum cannot be used on the column paid, which holds values of the type money")]
    [InlineData("""{"column":"geom","operation":"min"}""", "The operation min cannot be used on the column geom, which holds values of the type geometry")]
    [InlineData("""{"column":"day","operation":"avg"}""", "The operation avg cannot be used on the column day, which holds values of the type date")]
    [InlineData("""{"column":"*","operation":"sum"}""", "The operation sum needs a column")]
    [InlineData("""{"operation":"sum"}""", "The operation sum needs a column")]
    [InlineData("""{"operation":"median","column":"id"}""", "The param operation must be one of count, avg, min, max, sum, custom")]
    [InlineData("""{"operation":"custom"}""", "The param operationExp is missing")]
    [InlineData("""{"operation":1}""", "The param operation must be a text")]
    [InlineData("""{"operation":"sum","column":["id"]}""", "The param column must be a text")]
    [InlineData("""{"operation":"sum","column":"a\u0000"}""", "The param column must be a text")]
    public async Task Formula_that_cannot_be_is_400(string parameters, string error)
    {
        var answer = await fixture.Host.Caller.ModelAsync("formula", "shops", parameters);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(error, answer.Error);
    }

    [Theory]
    [InlineData("U&'\\0661\\0662'", "null")]
    [InlineData("U&'\\FF11\\FF12'", "null")]
    [InlineData("U&'\\20031'", "null")]
    [InlineData("U&'\\00A01'", "null")]
    [InlineData("E' \\t\\r\\n\\x0b\\f12.50 \\n'", "12.5")]
    [InlineData("'1e99'", "1E+99")]
    [InlineData("'1e'", "null")]
    [InlineData("'0x1F'", "null")]
    [InlineData("'Infinity'", "null")]
    [InlineData("'1_000'", "null")]
    public async Task Text_is_a_number_where_it_is_written_as_one(string text, string value) => Assert.Equal(
        $$"""{"rows":[{"value":{{value}}}]}""", await fixture.Host.Caller.BodyAsync("formula", $"SELECT {text} AS v", """{"column":"v","operation":"sum"}"""));

    [Theory]
    [InlineData("formula", """{"column":"v","operation":"max"}""", """[{"value":0.1}]""")]
    [InlineData("aggregations", """{"aggregations":[{"column":"v","operation":"min","alias":"v"}]}""", """[{"v":0.1}]""")]
    [InlineData("range", """{"column":"v"}""", """[{"min":0.1,"max":0.1}]""")]
    [InlineData("scatterplot", """{"xAxisColumn":"v","yAxisColumn":"v","limit":1}""", """[{"x":0.1,"y":0.1}]""")]
    [InlineData("category", """{"column":"v","operation":"max","othersThreshold":5}""", """[{"name":0.1,"value":0.1},{"name":null,"value":null}]""")]
    [InlineData("table", """{"column":["v"],"sortBy":"v","limit":1}""", """[{"v":0.1}]""")]
    public async Task Number_of_single_precision_is_the_same_everywhere(string model, string parameters, string rows) => Assert.Equal(
        rows, await fixture.Host.Caller.RowsAsync(model, "SELECT unnest('{0.1,NULL,NaN}'::real[]) AS v", parameters));

    [Theory]
    [InlineData("1e99", "3e99", "2E+99")]
    [InlineData("-1e99", "1", "-5E+98")]
    [InlineData("1e-99", "3e-99", "2E-99")]
    [InlineData("00000000000000000000000000000000000000000000000000000000000000000000000000000000000000001e99", "3e99", "2E+99")]
    [InlineData("1", "x", "1")]
    [InlineData("x", "", "null")]
    public async Task Average_of_texts_is_that_of_the_numbers_in_them(string one, string other, string average) => Assert.Equal(
        $$"""[{"value":{{average}}}]""",
        await fixture.Host.Caller.RowsAsync("formula", $"SELECT unnest(ARRAY['{one}', '{other}', NULL]) AS v", """{"column":"v","operation":"avg"}"""));

    [Fact]
    public async Task Average_of_texts_holds_where_their_squares_do_not() => Assert.Equal(
        """[{"value":2E+198}]""",
        await fixture.Host.Caller.RowsAsync("formula", "SELECT unnest(ARRAY['1' || repeat('0', 99) || 'e99', '3' || repeat('0', 99) || 'e99']) AS v", """{"column":"v","operation":"avg"}"""));

    [Fact]
    public async Task Average_of_huge_numbers_is_their_sum_by_their_count()
    {
        const string Huge = "SELECT unnest('{1e300,3e300,NULL,NaN}'::float8[]) AS v";

        Assert.Equal("""[{"value":2E+300}]""", await fixture.Host.Caller.RowsAsync("formula", Huge, """{"column":"v","operation":"avg"}"""));
        Assert.Equal("""[{"value":null}]""", await fixture.Host.Caller.RowsAsync("formula", $"{Huge} LIMIT 0", """{"column":"v","operation":"avg"}"""));
    }

    [Theory]
    [InlineData("formula", """{"column":"v","operation":"max"}""", """[{"value":9223372036854775807}]""")]
    [InlineData("range", """{"column":"v"}""", """[{"min":-9223372036854775808,"max":9223372036854775807}]""")]
    [InlineData("scatterplot", """{"xAxisColumn":"v","yAxisColumn":"v","limit":1}""", """[{"x":9223372036854775807,"y":9223372036854775807}]""")]
    [InlineData("aggregations", """{"aggregations":[{"column":"v","operation":"min","alias":"name"}]}""", """[{"name":-9223372036854775808}]""")]
    [InlineData("category", """{"column":"v","operation":"max","orderBy":"frequency_desc"}""", """[{"name":"9223372036854775807","value":9223372036854775807},{"name":"-9223372036854775808","value":-9223372036854775808}]""")]
    [InlineData("table", """{"column":["v"],"limit":1}""", """[{"v":"9223372036854775807"}]""")]
    public async Task Numbers_are_numbers_and_names_beyond_a_double_are_texts(string model, string parameters, string rows) => Assert.Equal(
        rows, await fixture.Host.Caller.RowsAsync(model, "SELECT unnest('{9223372036854775807,-9223372036854775808}'::int8[]) AS v", parameters));

    [Theory]
    [InlineData("""{"operation":"sum","column":"nowhere"}""", "nowhere")]
    [InlineData("""{"operation":"count","column":"id; DROP TABLE shops"}""", "id; DROP TABLE shops")]
    [InlineData("""{"operation":"custom","operationExp":"sum(nowhere)"}""", "nowhere")]
    public async Task Column_that_is_not_there_is_named(string parameters, string column)
    {
        var answer = await fixture.Host.Caller.ModelAsync("formula", "shops", parameters);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("Column not found", answer.Error);
        Assert.Equal(column, answer.Json.GetProperty("column_name").GetString());
    }

    [Theory]
    [InlineData("(SELECT count(*) FROM pg_authid)")]
    [InlineData("sum(id) FROM shops; DROP TABLE shops")]
    [InlineData("query_to_xml('SELECT 1', true, true, '')")]
    [InlineData("sum(pg_sleep(10))")]
    [InlineData("sum(id")]
    [InlineData("id")]
    public async Task Expression_that_is_no_aggregate_of_columns_is_400(string expression)
    {
        var parameters = new System.Text.Json.Nodes.JsonObject { ["operation"] = "custom", ["operationExp"] = expression }.ToJsonString();

        var answer = await fixture.Host.Caller.ModelAsync("formula", "shops", parameters);

        Assert.True(answer.Status == HttpStatusCode.BadRequest, answer.Body);
        Assert.NotEmpty(answer.Error);
    }
}
