using CartoPlatform.PostGis.Connections;
using CartoPlatform.PostGis.Filters;
using CartoPlatform.PostGis.Queries;
using CartoPlatform.PostGis.Relations;
using CartoPlatform.PostGis.Sources;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.SqlApi.Models;
using CartoPlatform.SqlApi.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace CartoPlatform.SqlApi.Tests.Models;

/// <summary>What a statement with a user's expression may read. No expression can name a relation: the statements here are written by hand.</summary>
public sealed class RelationGuardTests(SqlFixture fixture) : IClassFixture<SqlFixture>, IAsyncLifetime
{
    private const string Query = "SELECT g.n, p.n AS m FROM guarded AS g LEFT JOIN guarded_parts AS p USING (n)";

    private readonly RelationGuard _guard = new(TimeProvider.System);

    public Task InitializeAsync() => fixture.Database.ExecuteAsync(
        """
        DROP SCHEMA IF EXISTS elsewhere CASCADE;
        DROP TABLE IF EXISTS guarded, guarded_other, guarded_parts CASCADE;
        CREATE SCHEMA elsewhere;
        CREATE TABLE guarded (n int);
        CREATE TABLE elsewhere.guarded (n int);
        CREATE TABLE guarded_other (n int);
        CREATE TABLE guarded_parts (n int) PARTITION BY RANGE (n);
        CREATE TABLE guarded_low PARTITION OF guarded_parts FOR VALUES FROM (0) TO (10);
        CREATE TABLE guarded_high PARTITION OF guarded_parts FOR VALUES FROM (10) TO (20);
        CREATE VIEW guarded_view AS SELECT n FROM guarded UNION ALL SELECT n FROM guarded_parts;
        INSERT INTO guarded VALUES (1), (12);
        INSERT INTO guarded_parts VALUES (1), (12);
        GRANT USAGE ON SCHEMA elsewhere TO PUBLIC;
        GRANT SELECT ON ALL TABLES IN SCHEMA public, elsewhere TO PUBLIC;
        """);

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("guarded", "SELECT sum(s.n) FROM {0}")]
    [InlineData("guarded", "SELECT (SELECT max(n) FROM guarded) FROM {0}")]
    [InlineData("guarded_view", "SELECT sum(s.n) FROM {0}")]
    [InlineData("guarded_view", "SELECT sum(s.n) FROM {0} WHERE s.n > 10")]
    [InlineData("guarded_parts", "SELECT sum(s.n) FROM {0} WHERE s.n > 10")]
    [InlineData(Query, "SELECT sum(s.c1) FROM {0}")]
    [InlineData("SELECT * FROM generate_series(1, 3) AS n", "SELECT sum(s.c1) FROM {0}")]
    public async Task Statement_that_reads_its_source_alone_passes(string source, string statement) => Assert.Null(await CheckAsync(source, statement));

    [Theory]
    [InlineData("guarded", "SELECT sum((SELECT count(*) FROM guarded_other)) FROM {0}", "public.guarded_other")]
    [InlineData("guarded", "SELECT sum(s.n + (SELECT count(*) FROM elsewhere.guarded)) FROM {0}", "elsewhere.guarded")]
    [InlineData("guarded", "SELECT sum(s.n), (SELECT count(*) FROM pg_class) FROM {0}", "pg_catalog.pg_class")]
    [InlineData("guarded_view", "SELECT sum(s.n) FROM {0} WHERE EXISTS (SELECT 1 FROM guarded_other)", "public.guarded_other")]
    [InlineData(Query, "SELECT sum(s.c1 + (SELECT count(*) FROM guarded_other)) FROM {0}", "public.guarded_other")]
    public async Task Statement_that_reads_a_relation_more_is_403(string source, string statement, string relation)
    {
        var refusal = await CheckAsync(source, statement);

        Assert.Equal(403, refusal?.Status);
        Assert.Contains(relation, refusal?.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Statement_that_has_passed_is_not_explained_again()
    {
        var (pool, rows) = await FindAsync("guarded");
        var (connection, statement) = await pool.Describer.OpenAsync(pool.Reader, $"SELECT sum(s.n) FROM {rows.FromSql}", new SqlParameterList(), default);
        Assert.Null(await _guard.CheckAsync(pool, rows, statement, connection, default));
        await connection.DisposeAsync();

        // On a closed connection nothing can be asked.
        Assert.Null(await _guard.CheckAsync(pool, rows, statement, connection, default));
    }

    [Theory]
    [InlineData("guarded", "[{\"value\":13}]")]
    [InlineData("guarded_view", "[{\"value\":26}]")]
    [InlineData("guarded_parts", "[{\"value\":13}]")]
    [InlineData(Query, "[{\"value\":13}]")]
    public async Task Expressions_on_every_kind_of_source_are_answered(string source, string rows) => Assert.Equal(
        rows, await fixture.Host.Caller.RowsAsync("formula", source, """{"operation":"custom","operationExp":"sum(n)"}""", ("filters", """{"n":{"in":{"values":[1,12]}}}""")));

    private async Task<ApiError?> CheckAsync(string source, string statement)
    {
        var (pool, rows) = await FindAsync(source);
        var sql = statement.Replace("{0}", rows.FromSql, StringComparison.Ordinal);
        var (connection, described) = await pool.Describer.OpenAsync(pool.Reader, sql, rows.CreateParameters(), default);
        await using var open = connection;
        return await _guard.CheckAsync(pool, rows, described, open, default);
    }

    private async Task<(DatabasePool Pool, RowSource Rows)> FindAsync(string source)
    {
        var pool = await fixture.Host.Services.GetRequiredService<ConnectionPools>().FindAsync(SqlFixture.Connection, default);
        Assert.NotNull(pool);
        if (source.Contains(' ', StringComparison.Ordinal))
        {
            Assert.True(SqlText.TryParse(source, out var sql, out _));
            Assert.True(sql.TryBind(QueryParameters.None, out var query, out _));
            return (pool, RowSource.OfQuery(await pool.Describer.DescribeAsync(query, default), source));
        }

        Assert.True(RelationName.TryParse(source, out var name));
        var relation = await pool.Catalog.FindAsync(name, default);
        Assert.NotNull(relation);
        return (pool, RowSource.OfTable(relation));
    }
}
