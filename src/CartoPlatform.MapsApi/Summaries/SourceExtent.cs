using CartoPlatform.MapsApi.Sources;
using CartoPlatform.Tiles;
using Npgsql;

namespace CartoPlatform.MapsApi.Summaries;

/// <summary>Counts rows and unites their boxes, in degrees.</summary>
internal static class SourceExtent
{
    /// <summary>All rows of the source, one by one.</summary>
    public static Task<SourceSummary> MeasureAsync(MapSource source, NpgsqlConnection connection, CancellationToken cancellationToken) =>
        MeasureAsync(source, $"ST_Extent({source.Spatial.Sql})", $"FROM {source.FromSql} {source.WhereSql}", [], connection, cancellationToken);

    /// <param name="source">The source.</param>
    /// <param name="extent">SQL of a box in the source's own system.</param>
    /// <param name="from">What that and the number of rows are made of.</param>
    /// <param name="values">Behind those of the source.</param>
    /// <param name="connection">Where.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<SourceSummary> MeasureAsync(
        MapSource source, string extent, string from, object[] values, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var (rows, box) = await ReadAsync(source, extent, from, values, connection, cancellationToken);
        return new SourceSummary(rows, box is null ? null : await ToDegreesAsync(box.Value, source.Spatial.Srid, connection, cancellationToken));
    }

    private static async Task<(long Rows, Bounds? Box)> ReadAsync(
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
