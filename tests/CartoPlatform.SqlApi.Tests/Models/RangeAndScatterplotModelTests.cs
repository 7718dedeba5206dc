using System.Net;
using CartoPlatform.SqlApi.Tests.Hosting;

namespace CartoPlatform.SqlApi.Tests.Models;

public sealed class RangeAndScatterplotModelTests(SqlFixture fixture) : IClassFixture<SqlFixture>, IAsyncLifetime
{
    public Task InitializeAsync() => fixture.Database.ExecuteAsync(WidgetTable.Sql);

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("shops", "id", "1", "6")]
    [InlineData("shops", "area", "2", "10")]
    [InlineData("shops", "price", "1.50", "1000000000000.25")]
    [InlineData("shops", "small", "0.5", "3.5")]
    [InlineData("shops", "code", "2.5", "100")]
    [InlineData("shops", "opened", "\"1969-12-31T23:00:00Z\"", "\"2024-01-08T00:00:00Z\"")]
    [InlineData("shops", "day", "\"1969-12-31\"", "\"2024-01-08\"")]
    [InlineData("nothing", "id", "null", "null")]
    public async Task Range_is_of_the_values_that_json_can_tell(string source, string column, string min, string max) => Assert.Equal(
        $$"""{"rows":[{"min":{{min}},"max":{{max}}}]}""", await fixture.Host.Caller.BodyAsync("range", source, $$"""{"column":"{{column}}"}"""));

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"column":"geom"}""")]
    [InlineData("""{"column":"nowhere"}""")]
    [InlineData("""{"column":"paid"}""")]
    public async Task Range_that_cannot_be_is_400(string parameters) =>
        Assert.Equal(HttpStatusCode.BadRequest, (await fixture.Host.Caller.ModelAsync("range", "shops", parameters)).Status);

    [Theory]
    [InlineData("range", """{"column":"key"}""", "The column key holds neither numbers nor times")]
    [InlineData("histogram", """{"column":"key","ticks":[1]}""", "The column key holds no numbers")]
    [InlineData("scatterplot", """{"xAxisColumn":"key","yAxisColumn":"key"}""", "The column key holds no numbers")]
    [InlineData("formula", """{"column":"key","operation":"max"}""", "The operation max cannot be used on the column key, which holds values of the type uuid")]
    public async Task Uuid_is_no_number(string model, string parameters, string error)
    {
        var answer = await fixture.Host.Caller.ModelAsync(model, "SELECT 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid AS key", parameters);

        Assert.Equal((HttpStatusCode.BadRequest, error), (answer.Status, answer.Error));
    }

    [Theory]
    [InlineData("id", "area", """[{"x":1,"y":10},{"x":6,"y":2}]""")]
    [InlineData("code", "open", """[{"x":10,"y":1},{"x":2.5,"y":0},{"x":100,"y":1}]""")]
    [InlineData("small", "small", """[{"x":0.5,"y":0.5},{"x":1.5,"y":1.5},{"x":2.5,"y":2.5},{"x":3.5,"y":3.5}]""")]
    public async Task Pairs_have_two_numbers(string x, string y, string rows) => Assert.Equal(
        rows, await fixture.Host.Caller.RowsAsync("scatterplot", "shops", $$"""{"xAxisColumn":"{{x}}","yAxisColumn":"{{y}}","xAxisJoinOperation":"sum"}"""));

    [Theory]
    [InlineData("\"limit\":500", 500)]
    [InlineData("\"limit\":1000000", 500)]
    [InlineData("\"limit\":7", 7)]
    [InlineData("\"offset\":1", 500)]
    public async Task Pairs_are_500_at_most(string limit, int count)
    {
        var answer = await fixture.Host.Caller.ModelAsync("scatterplot", "SELECT n AS a, -n AS b FROM generate_series(1, 1000) AS n", $$"""{"xAxisColumn":"a","yAxisColumn":"b",{{limit}}}""");

        Assert.Equal(count, answer.Json.GetProperty("rows").GetArrayLength());
    }

    [Fact]
    public async Task Axis_without_numbers_is_400() => Assert.Equal(
        "The column geom holds no numbers", (await fixture.Host.Caller.ModelAsync("scatterplot", "shops", """{"xAxisColumn":"id","yAxisColumn":"geom"}""")).Error);
}
