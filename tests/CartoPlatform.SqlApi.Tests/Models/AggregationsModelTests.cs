using System.Net;
using CartoPlatform.SqlApi.Tests.Hosting;

namespace CartoPlatform.SqlApi.Tests.Models;

public sealed class AggregationsModelTests(SqlFixture fixture) : IClassFixture<SqlFixture>, IAsyncLifetime
{
    public Task InitializeAsync() => fixture.Database.ExecuteAsync(WidgetTable.Sql);

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("""[{"column":"id","operation":"sum","alias":"x"},{"column":"*","operation":"count","alias":"n"}]""", """[{"x":21,"n":6}]""")]
    [InlineData("""[{"column":"id","operation":"max"},{"operation":"count"},{"column":"nowhere else","operation":"count","alias":"n"}]""", null)]
    [InlineData("""[{"column":"id","operation":"max"},{"operation":"count"}]""", """[{"max_id":6,"count":6}]""")]
    [InlineData("""[{"column":"id","operation":"min","alias":"a \"quoted\" ñ"}]""", """[{"a \"quoted\" ñ":1}]""")]
    [InlineData("\"sum(id) as x, count(*) as y\"", """[{"x":21,"y":6}]""")]
    [InlineData("\"max(revenue) as \\\"Max\\\", min(\\\"naïve \\\"\\\"x\\\"\\\"\\\") as m\"", """[{"Max":9007199254740993,"m":1}]""")]
    public async Task Aggregations_are_one_row(string aggregations, string? rows)
    {
        var answer = await fixture.Host.Caller.ModelAsync("aggregations", "shops", $$"""{"aggregations":{{aggregations}}}""");

        Assert.True(answer.Status == (rows is null ? HttpStatusCode.BadRequest : HttpStatusCode.OK), answer.Body);
        if (rows is not null) Assert.Equal(rows, answer.Rows);
    }

    [Fact]
    public async Task Aggregations_over_nothing_are_a_row_of_nulls_and_counts_of_0() => Assert.Equal(
        """[{"n":0,"s":null}]""",
        await fixture.Host.Caller.RowsAsync("aggregations", "nothing", """{"aggregations":[{"operation":"count","alias":"n"},{"operation":"sum","column":"id","alias":"s"}]}"""));

    [Fact]
    public async Task Aggregations_leave_NaN_out_beside_those_that_have_none() => Assert.Equal(
        """[{"p":1000000000014.25,"s":2,"m":0.5,"i":21,"n":6}]""",
        await fixture.Host.Caller.RowsAsync(
            "aggregations", "shops",
            """
            {"aggregations":[{"operation":"sum","column":"price","alias":"p"},{"operation":"avg","column":"small","alias":"s"},
            {"operation":"min","column":"small","alias":"m"},{"operation":"sum","column":"id","alias":"i"},{"operation":"count","alias":"n"}]}
            """));

    [Fact]
    public async Task Aggregations_of_nothing_but_NaN_are_null() => Assert.Equal(
        """[{"a":null,"b":null,"n":1}]""",
        await fixture.Host.Caller.RowsAsync(
            "aggregations", "shops",
            """{"aggregations":[{"operation":"min","column":"price","alias":"a"},{"operation":"max","column":"small","alias":"b"},{"operation":"count","alias":"n"}]}""",
            ("filters", """{"id":{"in":{"values":[4]}}}""")));

    [Theory]
    [InlineData("""[]""")]
    [InlineData("\"\"")]
    [InlineData("1")]
    [InlineData("""[1]""")]
    [InlineData("""[{"column":"id","operation":"sum","alias":"x"},{"column":"id","operation":"max","alias":"X"}]""")]
    [InlineData("""[{"column":"id","operation":"custom","alias":"x"}]""")]
    [InlineData("""[{"column":"*","operation":"sum","alias":"x"}]""")]
    [InlineData("\"sum(id) as x, max(id) as X\"")]
    [InlineData("\"sum(nowhere) as x\"")]
    [InlineData("\"(SELECT 1) as x\"")]
    [InlineData("\"sum(id) as x FROM pg_authid\"")]
    public async Task Aggregations_that_cannot_be_are_400(string aggregations)
    {
        var answer = await fixture.Host.Caller.ModelAsync("aggregations", "shops", $$"""{"aggregations":{{aggregations}}}""");
        Assert.True(answer.Status == HttpStatusCode.BadRequest, answer.Body);
        Assert.NotEmpty(answer.Error);
    }
}
