using System.Net;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.SqlApi.Tests.Hosting;

namespace CartoPlatform.SqlApi.Tests.Stats;

/// <summary>Sources that are too large, callers who may not, and statements that take too long.</summary>
public sealed class StatsLimitTests(SqlFixture fixture) : IClassFixture<SqlFixture>, IAsyncLifetime
{
    public Task InitializeAsync() => fixture.Database.ExecuteAsync(
        """
        DROP SCHEMA IF EXISTS large CASCADE;
        CREATE SCHEMA large;
        CREATE TABLE large.many AS SELECT n, 'name ' || n % 7 AS name, TIMESTAMPTZ '2020-01-01Z' + n * INTERVAL '1 s' AS at FROM generate_series(1, 50000) AS n;
        ANALYZE large.many;
        CREATE TABLE large.grown (n int) WITH (autovacuum_enabled = false);
        ANALYZE large.grown;
        INSERT INTO large.grown SELECT generate_series(1, 5000);
        CREATE VIEW large.view AS SELECT * FROM large.many;
        CREATE TABLE large.text AS SELECT repeat('x', 5000 + n) || n AS long, 'c' || n AS many FROM generate_series(1, 3000) AS n;
        """);

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Large_table_is_sampled_by_blocks_and_the_same_each_time()
    {
        using var host = fixture.Start(("Sql:Stats:MaxRows", "5000"));
        var client = new StatsClient(host.Caller);

        var stats = await client.StatsAsync("large.many", "n");
        Assert.True(stats.GetProperty("sampled").GetBoolean());
        Assert.InRange(stats.GetProperty("sampleSize").GetInt32(), 100, 5_001);
        Assert.InRange(stats.GetProperty("avg").GetDouble(), 1, 50_000);
        // Blocks of all parts of the table, not its beginning.
        Assert.True(stats.GetProperty("max").GetInt32() > 10_000);
        Assert.Equal(stats.GetRawText(), (await client.StatsAsync("large.many", "n")).GetRawText());

        Assert.True((await client.StatsAsync("large.many", "name")).GetProperty("sampled").GetBoolean());
        Assert.True((await client.StatsAsync("large.many", "at")).GetProperty("sampled").GetBoolean());
    }

    [Theory]
    [InlineData("large.view/n")]
    [InlineData("large.grown/n")]
    [InlineData("n?q=SELECT+n+FROM+large.many")]
    public async Task What_turns_out_to_be_large_is_cut_and_marked(string rest)
    {
        using var host = fixture.Start(("Sql:Stats:MaxRows", "1000"));
        var stats = StatsClient.Found(await new StatsClient(host.Caller).GetAsync(rest));

        Assert.True(stats.GetProperty("sampled").GetBoolean());
        Assert.Equal(1_001, stats.GetProperty("sampleSize").GetInt32());
    }

    [Fact]
    public async Task Source_of_just_the_limit_is_exact()
    {
        using var host = fixture.Start(("Sql:Stats:MaxRows", "50000"));
        var stats = await new StatsClient(host.Caller).StatsAsync("large.many", "n");

        Assert.False(stats.TryGetProperty("sampled", out _));
        Assert.Equal(50_000, stats.GetProperty("max").GetInt32());
    }

    [Fact]
    public async Task Categories_are_capped_and_their_texts_cut()
    {
        var client = new StatsClient(fixture.Host.Caller);

        var many = await client.StatsAsync("large.text", "many");
        Assert.Equal((1_000, 3_000), (many.GetProperty("categories").GetArrayLength(), many.GetProperty("categoryCount").GetInt32()));
        var text = Assert.Single((await client.StatsAsync("large.text", "long")).GetProperty("categories").EnumerateArray());
        Assert.Equal((1_000, 3_000), (text.GetProperty("category").GetString()!.Length, text.GetProperty("frequency").GetInt32()));
    }

    [Fact]
    public async Task Time_limit_ends_the_statement()
    {
        using var host = fixture.Start(("Sql:Limits:TimeLimit", "00:00:00.3"));
        var answer = await new StatsClient(host.Caller).OfQueryAsync("SELECT pg_sleep(60) IS NULL AS n", "n");

        Assert.Equal(HttpStatusCode.RequestTimeout, answer.Status);
    }

    [Fact]
    public async Task Only_who_may_read_the_source_gets_statistics()
    {
        var table = SqlFixture.Token(isOwner: false, new GrantRecord(SqlFixture.Connection, $"{fixture.Database.DatabaseName}.large.many"));
        var maps = SqlFixture.Token(isOwner: false, new GrantRecord(SqlFixture.Connection)) with { AllowedApis = ["maps"] };
        var elsewhere = SqlFixture.Token(isOwner: false, new GrantRecord("other"));
        var imports = SqlFixture.Token(isOwner: false, new GrantRecord(SqlFixture.Connection)) with { AllowedApis = ["imports"] };
        foreach (var token in new[] { table, maps, elsewhere, imports }) fixture.Add(token);

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(table, "large.many/n"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(table, "large.grown/n"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(table, "large.nothing/n"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(table, "n?q=SELECT+1+AS+n"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(maps, "large.many/n"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(elsewhere, "large.many/n"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(imports, "large.many/n"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await new StatsClient(fixture.Host.Anonymous).GetAsync("large.many/n")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await new StatsClient(fixture.Host.Owner).GetAsync("large.many/n", "nowhere")).Status);
    }

    private async Task<HttpStatusCode> StatusAsync(TokenRecord token, string rest) => (await new StatsClient(fixture.Host.As(token)).GetAsync(rest)).Status;
}
