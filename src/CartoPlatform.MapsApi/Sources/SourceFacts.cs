using System.Globalization;
using System.Text.Json;
using CartoPlatform.Tiles;
using Npgsql;

namespace CartoPlatform.MapsApi.Sources;

/// <summary>How many rows a source has, and where they are: exact for small sources, the planner's statistics for large ones.</summary>
internal sealed class SourceFacts(TimeProvider time)
{
    /// <summary>Up to here rows are counted and measured: that takes a fraction of a second.</summary>
    private const long MaxExactRows = 500_000;

    private static readonly TimeSpan ExactTimeLimit = TimeSpan.FromSeconds(2);

    private static readonly Bounds World = new(-180, -WebMercator.MaxLatitude, 180, WebMercator.MaxLatitude);

    /// <summary>Rows of the source, filters applied.</summary>
    public async Task<long> CountAsync(MapSource source, CancellationToken cancellationToken)
    {
        var estimate = await EstimateRowsAsync(source, cancellationToken);
        if (estimate > MaxExactRows) return estimate;
        var sql = $"SELECT count(*) FROM {source.FromSql} {source.WhereSql}";
        return await ReadWithinLimitAsync(source, sql, reader => (long?)reader.GetInt64(0), cancellationToken) ?? estimate;
    }

    /// <summary>West, south, east, north in degrees; the world where there are no rows, or it cannot be told in time.</summary>
    public async Task<Bounds> BoundsAsync(MapSource source, CancellationToken cancellationToken)
    {
        var spatial = source.Spatial;
        var large = await EstimateRowsAsync(source, cancellationToken) > MaxExactRows;
        if (large && source is { Relation: { } relation, FilterSql: null } && spatial.Column.Kind == PostGis.Columns.ColumnKind.Geometry)
        {
            var names = string.Join(", ", new[] { relation.Schema, relation.Name, spatial.Column.Name }.Select(SqlLiteral));
            if (await ReadBoxAsync(source, $"ST_EstimatedExtent({names})", "", cancellationToken) is { } estimated) return estimated;
        }

        return await ReadBoxAsync(source, $"ST_Extent({spatial.Sql})", $"FROM {source.FromSql} {source.WhereSql}", cancellationToken) ?? World;
    }

    private static async Task<long> EstimateRowsAsync(MapSource source, CancellationToken cancellationToken)
    {
        if (source is { Relation.EstimatedRows: { } rows, FilterSql: null }) return rows;

        // The planner knows about views, queries and conditions without running them.
        await using var connection = await source.Pool.Reader.OpenConnectionAsync(cancellationToken);
        await using var command = source.CreateCommand($"EXPLAIN (FORMAT JSON) SELECT 1 FROM {source.FromSql} {source.WhereSql}", connection);
        using var plan = JsonDocument.Parse((string)(await command.ExecuteScalarAsync(cancellationToken))!);
        return (long)plan.RootElement[0].GetProperty("Plan").GetProperty("Plan Rows").GetDouble();
    }

    private async Task<Bounds?> ReadBoxAsync(MapSource source, string extent, string from, CancellationToken cancellationToken)
    {
        var srid = source.Spatial.Srid;
        var box = string.Create(CultureInfo.InvariantCulture, $"ST_SetSRID((SELECT {extent} {from})::geometry, {srid})");
        if (srid != SpatialColumn.Wgs84)
            box = string.Create(CultureInfo.InvariantCulture, $"ST_Transform(ST_Segmentize({box}, greatest(1e-9, ST_Perimeter({box}) / 64)), {SpatialColumn.Wgs84})");
        try
        {
            return await ReadWithinLimitAsync(
                source, $"SELECT ST_XMin(b), ST_YMin(b), ST_XMax(b), ST_YMax(b) FROM {box} AS b", ToBounds, cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InternalError)
        {
            // Coordinates that PROJ cannot bring to degrees: rows outside the area that their system is made for.
            return null;
        }
    }

    private static Bounds? ToBounds(NpgsqlDataReader row)
    {
        if (row.IsDBNull(0)) return null;
        var west = Math.Clamp(row.GetDouble(0), -180, 180);
        var south = Math.Clamp(row.GetDouble(1), -WebMercator.MaxLatitude, WebMercator.MaxLatitude);
        var east = Math.Clamp(row.GetDouble(2), -180, 180);
        var north = Math.Clamp(row.GetDouble(3), -WebMercator.MaxLatitude, WebMercator.MaxLatitude);
        return double.IsNaN(west + south + east + north) ? null : new Bounds(west, south, east, north);
    }

    private async Task<T?> ReadWithinLimitAsync<T>(MapSource source, string sql, Func<NpgsqlDataReader, T?> read, CancellationToken cancellationToken)
        where T : struct
    {
        using var limit = new CancellationTokenSource(ExactTimeLimit, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await using var connection = await source.Pool.Reader.OpenConnectionAsync(linked.Token);
            await using var command = source.CreateCommand(sql, connection);
            await using var reader = await command.ExecuteReaderAsync(linked.Token);
            return await reader.ReadAsync(linked.Token) ? read(reader) : null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private static string SqlLiteral(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
