using CartoPlatform.PostGis.Connections;
using Npgsql;

namespace CartoPlatform.PostGis.Filters.Spatial;

/// <summary>
/// Repairs polygons, and brings them to other reference systems by PostGIS. These statements are waited for whatever happens: a GEOS that is
/// interrupted inside a repair (3.11 is one) takes the whole server down with it. <see cref="CrossingLimit"/> keeps them short.
/// </summary>
internal static class PolygonProjector
{
    private const int Wgs84 = 4326;
    private const int WebMercator = 3857;

    // PROJ's Mercator puts the pole at infinity, or at 2.4e8 metres.
    private const double MaxMercatorLatitude = 89.99;

    // A projection is made for a part of the world. Of what is wider than this, its picture may be another area than the one meant.
    private const double MaxProjectedDegrees = 90;

    // Within its part of the world a projection stretches lengths by a few per cent, and a map of the world by half or twice.
    private const double MinScale = 0.4;
    private const double MaxScale = 2.5;

    // Vertices along the longer side: the picture of an edge then misses by less than 1/100,000 of it.
    private const double Segments = 128;

    // Share of the polygon by which the way there and back may miss.
    private const double Tolerance = 1e-6;

    private const string RepairSql = "SELECT ST_AsEWKB(ST_SetSRID(ST_MakeValid($1::geometry), $2))";

    // Point by point: how far the way there and back misses; edge by edge: how much longer it becomes. That tells a seam that an edge
    // crosses, and the far side of the world, where the picture of a polygon may be its complement.
    private const string ProjectSql = """
        WITH pictures AS (SELECT g, ST_Transform(g, $2) AS t FROM (SELECT ST_Segmentize(ST_MakeValid($1::geometry), $3) AS g) AS v),
        edges AS (
          SELECT abs(ST_X(a) - ST_X(back)) AS dx, abs(ST_Y(a) - ST_Y(back)) AS dy,
                 ST_DistanceSphere(a, lag(a) OVER ring) AS meters, ST_Distance(b, lag(b) OVER ring) AS units
          FROM pictures,
               LATERAL ROWS FROM (ST_DumpPoints(g), ST_DumpPoints(t), ST_DumpPoints(ST_Transform(t, 4326))) AS p(path, a, path2, b, path3, back)
          WINDOW ring AS (PARTITION BY trim_array(path, 1) ORDER BY path)),
        system AS (
          SELECT srtext LIKE 'GEOG%' AS is_geographic,
                 CASE WHEN proj4text ~ '\+units=m( |$)' THEN 1 WHEN proj4text ~ '\+units=us-ft( |$)' THEN 0.3048006096 WHEN proj4text ~ '\+units=ft( |$)' THEN 0.3048
                      ELSE substring(proj4text FROM '\+to_meter=([0-9.]+)')::float8 END AS meters
          FROM spatial_ref_sys WHERE srid = $2)
        SELECT ST_AsEWKB(t), (SELECT max(dx + dy) FROM edges), (SELECT max(least(dx, 360 - dx) + dy) FROM edges), coalesce(is_geographic, false),
               (SELECT min(edges.units * system.meters / edges.meters) FROM edges WHERE edges.meters > 1),
               (SELECT max(edges.units * system.meters / edges.meters) FROM edges WHERE edges.meters > 1)
        FROM pictures LEFT JOIN system ON true
        """;

    private const string MercatorSql = """
        SELECT ST_AsEWKB(ST_Transform(CASE WHEN $2 > 0 THEN ST_Segmentize(g, $2) ELSE g END, 3857))
        FROM (SELECT CASE WHEN ST_YMin(g) >= -$3 AND ST_YMax(g) <= $3 THEN g
                          ELSE ST_Intersection(ST_CollectionExtract(g, 3), ST_MakeEnvelope(-540, -$3, 540, $3, 4326)) END AS g
              FROM (SELECT ST_MakeValid($1::geometry) AS g) AS u) AS v
        """;

    /// <summary>In degrees, valid; in a system (4326, or 0) that only labels it.</summary>
    public static async ValueTask<byte[]> InDegreesAsync(FilterPolygon polygon, int srid, DatabasePool pool, CancellationToken cancellationToken)
    {
        if (polygon.IsBox) return polygon.ToEwkb(srid);
        await using var connection = await pool.Reader.OpenConnectionAsync(cancellationToken);
        await using var command = Command(connection, RepairSql, polygon, srid);
        return (byte[])(await command.ExecuteScalarAsync(CancellationToken.None) ?? throw new InvalidOperationException("PostGIS has lost a polygon"));
    }

    /// <summary>In another reference system, valid; null where that cannot express it.</summary>
    public static async ValueTask<byte[]?> InSystemAsync(FilterPolygon polygon, int srid, DatabasePool pool, CancellationToken cancellationToken)
    {
        var longer = Math.Max(polygon.East - polygon.West, polygon.North - polygon.South);
        var step = Math.Max(longer / Segments, 1e-9);
        await using var connection = await pool.Reader.OpenConnectionAsync(cancellationToken);
        if (srid == WebMercator)
        {
            // Edges along the axes stay straight there.
            await using var mercator = Command(connection, MercatorSql, polygon, polygon.IsBox ? 0.0 : step, MaxMercatorLatitude);
            return (byte[]?)await mercator.ExecuteScalarAsync(CancellationToken.None);
        }

        await using var command = Command(connection, ProjectSql, polygon, srid, step);
        try
        {
            await using var reader = await command.ExecuteReaderAsync(CancellationToken.None);
            await reader.ReadAsync(CancellationToken.None);
            return await IsFaithfulAsync(reader, polygon, Tolerance * longer) ? await reader.GetFieldValueAsync<byte[]>(0, CancellationToken.None) : null;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InternalError)
        {
            // PROJ, about positions that the system cannot express.
            return null;
        }
    }

    private static async Task<bool> IsFaithfulAsync(NpgsqlDataReader reader, FilterPolygon polygon, double tolerance)
    {
        if (await reader.IsDBNullAsync(1, CancellationToken.None)) return false;
        if (reader.GetBoolean(3)) return reader.GetDouble(1) <= tolerance;

        var isSmall = Math.Max(polygon.Width, polygon.North - polygon.South) <= MaxProjectedDegrees;
        return isSmall && reader.GetDouble(2) <= tolerance && !await reader.IsDBNullAsync(4, CancellationToken.None)
            && reader.GetDouble(4) >= MinScale && reader.GetDouble(5) <= MaxScale;
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, FilterPolygon polygon, params ReadOnlySpan<object> values)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = polygon.ToEwkb(Wgs84) });
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }
}
