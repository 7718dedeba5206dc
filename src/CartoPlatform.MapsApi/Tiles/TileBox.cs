using CartoPlatform.MapsApi.Sources;
using CartoPlatform.PostGis.Columns;
using CartoPlatform.Tiles;
using Npgsql;

namespace CartoPlatform.MapsApi.Tiles;

/// <summary>The box in the source's own reference system that holds every row of a tile: a condition that its index answers.</summary>
/// <param name="Values">West, south, east, north; empty where no box can be given, and every row is a candidate.</param>
internal sealed record TileBox(object[] Values)
{
    private const double PoleDegrees = 90;

    // PROJ puts latitude 90 at 2.4e8 metres.
    private const double PoleMeters = 3e8;

    // A little more than the buffer, for rounding between systems.
    private const double Slack = 1e-3;

    // Below this zoom a tile is too large for a polygon on the sphere to be told from its complement.
    private const int MinGeographyZoom = 3;

    private static readonly TileBox None = new([]);

    public static async ValueTask<TileBox> FindAsync(MapSource source, TileGrid grid, CancellationToken cancellationToken)
    {
        var spatial = source.Spatial;
        if (spatial.Srid == SpatialColumn.WebMercator) return Of(ReachPoles(Grow(grid.Address.MercatorBounds, grid), grid.Address, PoleMeters));
        var degrees = ReachPoles(Grow(grid.Address.DegreeBounds, grid), grid.Address, PoleDegrees);
        if (spatial.Column.Kind == ColumnKind.Geography)
            return spatial.Srid == SpatialColumn.Wgs84 && grid.Address.Z >= MinGeographyZoom ? Of(Clamp(degrees)) : None;
        return spatial.Srid == SpatialColumn.Wgs84 ? Of(degrees) : await TransformAsync(source, Clamp(degrees), cancellationToken);
    }

    /// <summary>The condition, whose values stand behind those of the source; null without a box.</summary>
    public string? ToSql(MapSource source)
    {
        if (Values.Length == 0) return null;
        var spatial = source.Spatial;
        var first = source.Parameters.Count + 1;
        var box = $"ST_MakeEnvelope(${first}, ${first + 1}, ${first + 2}, ${first + 3}, {spatial.Srid})";
        // Edges on the sphere are great circles: a vertex every degree keeps them on the parallels.
        return spatial.Column.Kind == ColumnKind.Geography
            ? $"{spatial.RawSql} && ST_Segmentize({box}, 1)::geography"
            : $"{spatial.RawSql} && {box}";
    }

    /// <summary>
    /// The tile's outline in another system. Where PROJ cannot bring it there and back (a tile far outside the area that a system is
    /// made for), there is no box.
    /// </summary>
    private static async ValueTask<TileBox> TransformAsync(MapSource source, Bounds degrees, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT ST_XMin(t), ST_YMin(t), ST_XMax(t), ST_YMax(t), ST_HausdorffDistance(ST_Transform(t, 4326), g)
            FROM (SELECT g, ST_Transform(g, $5) AS t
                  FROM (VALUES (ST_Segmentize(ST_ExteriorRing(ST_MakeEnvelope($1, $2, $3, $4, 4326)), greatest($3 - $1, $4 - $2) / 32))) AS v(g)) AS w
            """;
        await using var command = source.Pool.Reader.CreateCommand(Sql);
        foreach (var value in (object[])[degrees.West, degrees.South, degrees.East, degrees.North, source.Spatial.Srid])
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        try
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            var box = new Bounds(reader.GetDouble(0), reader.GetDouble(1), reader.GetDouble(2), reader.GetDouble(3));
            var error = reader.GetDouble(4);
            return error < Slack * degrees.Width ? Of(Grow(box, Slack)) : None;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InternalError)
        {
            return None;
        }
    }

    // What lies beyond the square of Web Mercator is drawn at its edge, so the outermost tiles reach to the poles.
    private static Bounds ReachPoles(Bounds box, TileAddress address, double pole) => new(
        box.West, address.Y == address.Span - 1 ? -pole : box.South,
        box.East, address.Y == 0 ? pole : box.North);

    private static TileBox Of(Bounds box) => new([box.West, box.South, box.East, box.North]);

    private static Bounds Grow(Bounds box, TileGrid grid) => Grow(box, (double)grid.Buffer / grid.Extent + Slack);

    private static Bounds Grow(Bounds box, double share) =>
        new(box.West - box.Width * share, box.South - box.Height * share, box.East + box.Width * share, box.North + box.Height * share);

    private static Bounds Clamp(Bounds degrees) => new(
        Math.Max(degrees.West, -180), Math.Max(degrees.South, -PoleDegrees),
        Math.Min(degrees.East, 180), Math.Min(degrees.North, PoleDegrees));
}
