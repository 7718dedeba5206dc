using System.Text.Json;
using CartoPlatform.PostGis.Columns;
using CartoPlatform.Tiles;
using Npgsql;

namespace CartoPlatform.MapsApi.Sources;

/// <summary>How many rows a source has, and where they are.</summary>
/// <param name="Rows">Filters applied; null where they could not be counted in time, and nothing else may tell.</param>
/// <param name="Bounds">West, south, east, north in degrees; null without rows, or where it could not be told in time.</param>
internal sealed record SourceSummary(long? Rows, Bounds? Bounds);

/// <summary>
/// Summaries of sources: exact for small ones, from the planner's statistics for large ones. Where row-level security is active in what is
/// read, statistics would tell of rows of others: then exact or nothing.
/// </summary>
internal sealed class SourceFacts(TimeProvider time)
{
    /// <summary>Up to here rows are counted and measured: that takes a fraction of a second.</summary>
    private const long MaxExactRows = 500_000;

    private static readonly TimeSpan ExactTimeLimit = TimeSpan.FromSeconds(2);

    public async Task<long?> CountAsync(MapSource source, CancellationToken cancellationToken)
    {
        var estimate = await EstimateRowsAsync(source, cancellationToken);
        if (estimate > MaxExactRows) return estimate;
        return await ReadAsync(source, "NULL::box2d", $"FROM {source.FromSql} {source.WhereSql}", [], cancellationToken) is { } exact ? exact.Rows : estimate;
    }

    public async Task<SourceSummary> SummarizeAsync(MapSource source, CancellationToken cancellationToken)
    {
        var estimate = await EstimateRowsAsync(source, cancellationToken);
        if (estimate > MaxExactRows && await EstimateBoundsAsync(source, cancellationToken) is { } bounds) return new SourceSummary(estimate, bounds);

        // A large view or query has no statistics of its own: it is measured too, as far as the time limit allows.
        var exact = await ReadAsync(source, $"ST_Extent({source.Spatial.Sql})", $"FROM {source.FromSql} {source.WhereSql}", [], cancellationToken);
        return exact ?? new SourceSummary(estimate, null);
    }

    // Statistics on geography are about boxes in space, which say nothing about degrees.
    private async Task<Bounds?> EstimateBoundsAsync(MapSource source, CancellationToken cancellationToken)
    {
        if (source is not { Relation: { EstimatedRows: not null } relation, IsWhole: true, Spatial.Column: { Kind: ColumnKind.Geometry } column }) return null;
        return (await ReadAsync(source, "ST_EstimatedExtent($1, $2, $3)", "", [relation.Schema, relation.Name, column.Name], cancellationToken))?.Bounds;
    }

    /// <returns>Null where statistics may not tell.</returns>
    private static async Task<long?> EstimateRowsAsync(MapSource source, CancellationToken cancellationToken)
    {
        if (source is { Relation.EstimatedRows: { } rows, IsWhole: true }) return rows;
        if (source.Relation is { IsRowSecured: true }) return null;

        // The planner knows about views, queries and conditions without running them. With row_security off it refuses what a policy
        // would change for this login, at whatever depth of views: it alone knows.
        await using var connection = await source.Pool.Reader.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var setting = new NpgsqlCommand("SET LOCAL row_security = off", connection)) await setting.ExecuteNonQueryAsync(cancellationToken);
        await using var command = source.CreateCommand($"EXPLAIN (FORMAT JSON) SELECT 1 FROM {source.FromSql} {source.WhereSql}", connection);
        try
        {
            using var plan = JsonDocument.Parse((string)(await command.ExecuteScalarAsync(cancellationToken))!);
            return (long)plan.RootElement[0].GetProperty("Plan").GetProperty("Plan Rows").GetDouble();
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            return null;
        }
    }

    /// <returns>Null when it took too long.</returns>
    private async Task<SourceSummary?> ReadAsync(MapSource source, string extent, string from, object[] values, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(ExactTimeLimit, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await using var connection = await source.Pool.Reader.OpenConnectionAsync(linked.Token);
            var (rows, box) = await ReadBoxAsync(source, extent, from, values, connection, linked.Token);
            return new SourceSummary(rows, box is null ? null : await ToDegreesAsync(box.Value, source.Spatial.Srid, connection, linked.Token));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private static async Task<(long Rows, Bounds? Box)> ReadBoxAsync(
        MapSource source, string extent, string from, object[] values, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var sql = $"SELECT n, ST_XMin(b), ST_YMin(b), ST_XMax(b), ST_YMax(b) FROM (SELECT count(*) AS n, {extent} AS b {from}) AS t";
        await using var command = source.CreateCommand(sql, connection, values);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var rows = reader.GetInt64(0);
        if (await reader.IsDBNullAsync(1, cancellationToken)) return (rows, null);
        return (rows, new Bounds(reader.GetDouble(1), reader.GetDouble(2), reader.GetDouble(3), reader.GetDouble(4)));
    }

    private static async Task<Bounds?> ToDegreesAsync(Bounds box, int srid, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (srid == SpatialColumn.Wgs84) return Clamp(box);

        // The outline with a vertex every 1/16 of its longer side: edges of another system are no straight lines in degrees.
        const string Sql = """
            SELECT ST_XMin(g), ST_YMin(g), ST_XMax(g), ST_YMax(g)
            FROM (SELECT ST_Transform(ST_Segmentize(ST_MakeEnvelope($1, $2, $3, $4, $5), greatest($3 - $1, $4 - $2, 1e-9) / 16), 4326) AS g) AS t
            """;
        await using var command = new NpgsqlCommand(Sql, connection);
        foreach (var value in (object[])[box.West, box.South, box.East, box.North, srid]) command.Parameters.Add(new NpgsqlParameter { Value = value });
        try
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            return Clamp(new Bounds(reader.GetDouble(0), reader.GetDouble(1), reader.GetDouble(2), reader.GetDouble(3)));
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InternalError)
        {
            // Coordinates that PROJ cannot bring to degrees: rows outside the area that their system is made for.
            return null;
        }
    }

    private static Bounds? Clamp(Bounds box)
    {
        if (double.IsNaN(box.West + box.East) || double.IsNaN(box.South + box.North)) return null;
        return new Bounds(Longitude(box.West), Latitude(box.South), Longitude(box.East), Latitude(box.North));
    }

    private static double Longitude(double degrees) => Math.Clamp(degrees, -180, 180);

    private static double Latitude(double degrees) => Math.Clamp(degrees, -WebMercator.MaxLatitude, WebMercator.MaxLatitude);
}
