using System.Net;
using CartoPlatform.SqlApi.Tests.Hosting;

namespace CartoPlatform.SqlApi.Tests.Models;

public sealed class HistogramModelTests(SqlFixture fixture) : IClassFixture<SqlFixture>, IAsyncLifetime
{
    private const string Values = "SELECT unnest('{NULL,NaN,-Infinity,-1,0,0.5,1,1.5,2,3,Infinity}'::float8[]) AS x";

    public Task InitializeAsync() => fixture.Database.ExecuteAsync(WidgetTable.Sql);

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("[0,1,2]", "0:2 1:2 2:2 3:3")]
    [InlineData("[0]", "0:2 1:7")]
    [InlineData("[]", "0:9")]
    [InlineData("[1,1]", "0:4 2:5")]
    [InlineData("[-1e308,1e308]", "0:1 1:7 2:1")]
    [InlineData("[5,6,7]", "0:8 3:1")]
    public async Task Values_are_counted_between_ticks(string ticks, string expected) =>
        Assert.Equal(expected, await BinsAsync(Values, $$"""{"column":"x","operation":"count","ticks":{{ticks}}}"""));

    [Fact]
    public async Task Each_bin_has_its_aggregate() => Assert.Equal(
        "1:0.5 2:2.5", await BinsAsync($"SELECT * FROM ({Values}) v WHERE x >= 0 AND x < 2", """{"column":"x","operation":"sum","ticks":[0,1]}"""));

    [Theory]
    [InlineData("revenue", "[100,9007199254740992]", "0:1 1:3 2:1")]
    [InlineData("price", "[1.5,1000000000000.25]", "1:3 2:1")]
    [InlineData("price", "[1.5000000000000001,1000000000000.2500000001]", "0:1 1:3")]
    [InlineData("small", "[0.5,3.5]", "1:3 2:1")]
    [InlineData("code", "[10]", "0:1 1:2")]
    [InlineData("open", "[1]", "0:2 1:3")]
    public async Task Numbers_of_any_type_are_binned(string column, string ticks, string expected) =>
        Assert.Equal(expected, await BinsAsync("shops", $$"""{"column":"{{column}}","ticks":{{ticks}}}"""));

    [Theory]
    [InlineData("[9007199254740992]", "0:2 1:4")]
    [InlineData("[9007199254740993]", "0:3 1:3")]
    [InlineData("[9007199254740993,9007199254740994]", "0:3 1:1 2:2")]
    [InlineData("[9007199254740992.5]", "0:3 1:3")]
    [InlineData("[9223372036854775807]", "0:5 1:1")]
    [InlineData("[9223372036854775808]", "0:6")]
    [InlineData("[-9223372036854775808]", "1:6")]
    [InlineData("[-1e300,0.5,1e300]", "1:2 2:4")]
    [InlineData("[1e-30]", "0:2 1:4")]
    [InlineData("[-0.5,0.5,0.7]", "0:1 1:1 3:4")]
    public async Task Whole_numbers_beyond_doubles_are_binned_by_every_digit(string ticks, string expected) => Assert.Equal(
        expected,
        await BinsAsync(
            "SELECT unnest('{-9,0,9007199254740992,9007199254740993,9007199254740994,9223372036854775807}'::bigint[]) AS x",
            $$"""{"column":"x","ticks":{{ticks}}}"""));

    [Fact]
    public async Task Without_rows_there_are_no_bins() =>
        Assert.Equal("""{"rows":[]}""", await fixture.Host.Caller.BodyAsync("histogram", "nothing", """{"column":"area","operation":"count","ticks":[1]}"""));

    [Theory]
    [InlineData("""{"column":"area"}""")]
    [InlineData("""{"column":"area","ticks":[2,1]}""")]
    [InlineData("""{"column":"area","ticks":["1"]}""")]
    [InlineData("""{"column":"area","ticks":[1e999]}""")]
    [InlineData("""{"column":"area","ticks":1}""")]
    [InlineData("""{"column":"geom","ticks":[1]}""")]
    [InlineData("""{"column":"day","ticks":[1]}""")]
    [InlineData("""{"column":"area","operation":"custom","ticks":[1]}""")]
    public async Task Histogram_that_cannot_be_is_400(string parameters) =>
        Assert.Equal(HttpStatusCode.BadRequest, (await fixture.Host.Caller.ModelAsync("histogram", "shops", parameters)).Status);

    [Fact]
    public async Task Ten_thousand_ticks_are_taken_and_more_are_400()
    {
        Assert.Equal("2:1", await BinsAsync("SELECT 1 AS x", $$"""{"column":"x","ticks":[{{string.Join(',', Enumerable.Range(0, 200))}}]}"""));

        var body = new System.Text.Json.Nodes.JsonObject { ["type"] = "query", ["source"] = "SELECT 1 AS x" };
        body["params"] = new System.Text.Json.Nodes.JsonObject { ["column"] = "x", ["ticks"] = Ticks(10_000) };
        Assert.Equal("""[{"tick":2,"value":1}]""", (await fixture.Host.Caller.PostModelAsync("histogram", body)).Rows);
        body["params"]!["ticks"] = Ticks(10_001);
        Assert.Equal(HttpStatusCode.BadRequest, (await fixture.Host.Caller.PostModelAsync("histogram", body)).Status);
    }

    private static System.Text.Json.Nodes.JsonArray Ticks(int count) => [.. Enumerable.Range(0, count).Select(tick => System.Text.Json.Nodes.JsonValue.Create(tick))];

    private async Task<string> BinsAsync(string source, string parameters)
    {
        var answer = await fixture.Host.Caller.ModelAsync("histogram", source, parameters);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Body);
        return string.Join(' ', answer.Json.GetProperty("rows").EnumerateArray().Select(row => $"{row.GetProperty("tick").GetInt32()}:{row.GetProperty("value").GetRawText()}"));
    }
}
