using System.Text.Json;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.PostGis.Cells;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.PostGis.Dialling;
using CartoPlatform.PostGis.Filters.Spatial;
using CartoPlatform.PostGis.Queries;
using CartoPlatform.PostGis.Relations;
using CartoPlatform.PostGis.Sources;
using CartoPlatform.Testing.PostGis;
using Npgsql;

namespace CartoPlatform.PostGis.Tests.Filters.Spatial;

/// <summary>A polygon in degrees finds its rows by the column's index, whatever the column's reference system.</summary>
public sealed class SpatialFilterIndexTests(PostGisFixture fixture) : IClassFixture<PostGisFixture>, IAsyncLifetime
{
    private const string Small = """{"geom":{"type":"Polygon","coordinates":[[[4,41],[5,41],[5,42.5],[4,42],[4,41]]]}}""";

    public Task InitializeAsync() => fixture.ExecuteAsync(
        """
        DROP TABLE IF EXISTS world, degrees, mercator, sphere, unlabelled, utm;
        CREATE TABLE world AS SELECT n AS id, ST_Point(n % 360 - 180, n / 360 - 80, 4326) AS p FROM generate_series(0, 57599) AS n;
        CREATE TABLE degrees AS SELECT id, p::geometry(Point, 4326) AS geom FROM world;
        CREATE TABLE mercator AS SELECT id, ST_Transform(p, 3857)::geometry(Point, 3857) AS geom FROM world;
        CREATE TABLE sphere AS SELECT id, p::geography(Point, 4326) AS geom FROM world;
        CREATE TABLE unlabelled AS SELECT id, ST_SetSRID(p, 0) AS geom FROM world;
        CREATE TABLE utm AS SELECT id, ST_Transform(p, 32631)::geometry(Point, 32631) AS geom FROM world WHERE ST_X(p) BETWEEN -10 AND 16;
        CREATE INDEX ON degrees USING gist (geom); CREATE INDEX ON mercator USING gist (geom); CREATE INDEX ON sphere USING gist (geom);
        CREATE INDEX ON unlabelled USING gist (geom); CREATE INDEX ON utm USING gist (geom);
        ANALYZE;
        """);

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("degrees")]
    [InlineData("mercator")]
    [InlineData("sphere")]
    [InlineData("unlabelled")]
    [InlineData("utm")]
    public async Task Index_of_a_table_is_used(string table)
    {
        Assert.True(RelationName.TryParse(table, out var name));
        await using var pool = Pool();
        var relation = await pool.Catalog.FindAsync(name, CancellationToken.None);

        Assert.Contains($"{table}_geom_idx", await ExplainAsync(pool, RowSource.OfTable(relation!)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mercator")]
    [InlineData("utm")]
    public async Task Index_behind_a_query_is_used(string table)
    {
        Assert.True(SqlText.TryParse($"SELECT * FROM {table} WHERE id >= 0", out var text, out _));
        Assert.True(text.TryBind(QueryParameters.None, out var query, out _));
        await using var pool = Pool();
        var rows = RowSource.OfQuery(await pool.Describer.DescribeAsync(query, CancellationToken.None), table);

        Assert.Contains($"{table}_geom_idx", await ExplainAsync(pool, rows), StringComparison.Ordinal);
    }

    private DatabasePool Pool() => new(
        new ConnectionRecord
        {
            Id = Guid.NewGuid(),
            Name = "main",
            ProviderId = "postgres",
            Revision = 1,
            ReaderConnectionString = fixture.OwnerConnectionString,
            WriterConnectionString = null,
        },
        ServerAddresses.AsWritten,
        new PoolOptions(),
        TimeProvider.System);

    private static SpatialFilterCompiler Compiler => new(new FirstGeometries(TimeProvider.System), new CellResolutions(TimeProvider.System));

    private static SpatialFilters Filters() => new(JsonDocument.Parse(Small).RootElement, SpatialDataType.Geo, SpatialFiltersMode.Intersects, null);

    private static async Task<string> ExplainAsync(DatabasePool pool, RowSource rows)
    {
        var parameters = rows.CreateParameters();
        var (sql, error) = await Compiler.CompileAsync(Filters(), pool, rows, parameters, CancellationToken.None);
        Assert.Null(error);

        await using var command = new NpgsqlCommand($"EXPLAIN SELECT count(*) FROM {rows.FromSql} WHERE {sql}");
        parameters.CopyTo(command.Parameters);
        await using var connection = await pool.Reader.OpenConnectionAsync();
        command.Connection = connection;
        await using var reader = await command.ExecuteReaderAsync();
        var plan = "";
        while (await reader.ReadAsync()) plan += reader.GetString(0) + "\n";
        return plan;
    }
}
