using CartoPlatform.MapsApi.Sources;
using CartoPlatform.PostGis.Columns;
using CartoPlatform.Tiles;
using CartoPlatform.Tiles.Snapshots;

namespace CartoPlatform.MapsApi.Tiles;

/// <summary>
/// The box in the source's own reference system that holds every row of a tile: a condition that its index answers. What it lets
/// through beyond the tile, the encoder leaves out.
/// </summary>
/// <param name="Values">West, south, east, north; empty where no box can be given, and every row is a candidate.</param>
internal sealed record TileBox(object[] Values)
{
    private const double PoleDegrees = 90;

    // PROJ puts latitude 90 at 2.4e8 metres.
    private const double PoleMeters = 3e8;

    // A little more than the buffer, for rounding between systems.
    private const double Slack = 1e-3;

    // A box that is larger than a tile of zoom 3 is too large for a polygon on the sphere to be told from its complement.
    private const double MaxGeographyDegrees = 50;

    /// <summary>No condition.</summary>
    public static TileBox Everything { get; } = new([]);

    // Whether the last value is a size that shapes must reach.
    private bool HasSize { get; init; }

    /// <summary>Null where the source's reference system cannot express anything in the tile.</summary>
    public static async ValueTask<TileBox?> FindAsync(MapSource source, TileGrid grid, ProjectedBoxes projected, CancellationToken cancellationToken)
    {
        var (spatial, tile) = (source.Spatial, grid.Address);
        var margin = (double)grid.Buffer / grid.Extent + Slack;
        var metres = Grow(tile.MercatorBounds, margin);
        if (spatial.Srid == SpatialColumn.WebMercator) return Of(ReachPoles(metres, tile, PoleMeters));

        // Grown before it is in degrees: a tile of a low zoom has more of them to the unit near the equator than on the whole.
        var degrees = ReachPoles(ToDegrees(metres), tile, PoleDegrees);
        if (spatial.Srid == SpatialColumn.Wgs84 && spatial.Column.Kind == ColumnKind.Geometry) return Of(degrees);
        return await FindAsync(source, degrees, projected, cancellationToken);
    }

    /// <summary>The same for a box in degrees.</summary>
    public static async ValueTask<TileBox?> FindAsync(MapSource source, Bounds degrees, ProjectedBoxes projected, CancellationToken cancellationToken)
    {
        var spatial = source.Spatial;
        degrees = degrees with { West = Math.Max(degrees.West, -180), East = Math.Min(degrees.East, 180) };
        if (spatial.Column.Kind == ColumnKind.Geography)
            return spatial.Srid == SpatialColumn.Wgs84 && Math.Max(degrees.Width, degrees.Height) <= MaxGeographyDegrees ? Of(degrees) : Everything;
        if (spatial.Srid == SpatialColumn.Wgs84) return Of(degrees);
        if (spatial.Srid == SpatialColumn.WebMercator) return Of(ToMercator(degrees));
        return await projected.FindAsync(source.Pool, spatial.Srid, degrees, cancellationToken) is { } box ? Of(Grow(box, Slack)) : null;
    }

    /// <summary>
    /// The same without lines and polygons that are smaller than a cell of the tile's grid in both directions. The size is that of the
    /// whole shape where it lies, so that all tiles of a zoom agree on it. In systems that only PROJ knows it is not looked at.
    /// </summary>
    public TileBox WithoutSpecks(MapSource source, TileGrid grid)
    {
        var spatial = source.Spatial;
        if (Values.Length == 0 || spatial.IsPoints || spatial.Column.Kind != ColumnKind.Geometry) return this;
        double? cell = spatial.Srid switch
        {
            SpatialColumn.Wgs84 => grid.Address.DegreeBounds.Width / grid.Extent,
            SpatialColumn.WebMercator => grid.Address.MercatorBounds.Width / grid.Extent,
            _ => null,
        };
        return cell is null ? this : new TileBox([.. Values, cell.Value]) { HasSize = true };
    }

    /// <summary>The condition, whose values stand behind those of the source; null without a box.</summary>
    public string? ToSql(MapSource source)
    {
        if (Values.Length == 0) return null;
        var spatial = source.Spatial;
        var first = source.Parameters.Count + 1;
        var box = $"ST_MakeEnvelope(${first}, ${first + 1}, ${first + 2}, ${first + 3}, {spatial.Srid})";
        // Edges on the sphere are great circles: a vertex every degree keeps them on the parallels.
        if (spatial.Column.Kind == ColumnKind.Geography) return $"{spatial.RawSql} && ST_Segmentize({box}, 1)::geography";
        return HasSize ? $"{spatial.RawSql} && {box} AND {SizeSql(spatial, $"${first + 4}")}" : $"{spatial.RawSql} && {box}";
    }

    /// <summary>The same for shapes in memory. Only of a box in the units of the column.</summary>
    public ShapeFilter ToFilter() => new(
        new Bounds((double)Values[0], (double)Values[1], (double)Values[2], (double)Values[3]), HasSize ? (double)Values[4] : null);

    private static string SizeSql(SpatialColumn spatial, string cell)
    {
        // Away from the equator a degree of latitude takes more room on the map than one of longitude.
        var height = spatial.Srid == SpatialColumn.Wgs84 ? $"{cell} * cos(radians(greatest(least(ST_YMin({spatial.Sql}::box2d), 85), -85)))" : cell;
        var points = spatial.GeometryType is null ? $" OR ST_Dimension({spatial.Sql}) = 0" : "";
        return $"({spatial.WidthSql} >= {cell} OR {spatial.HeightSql} >= {height}{points})";
    }

    // What lies beyond the square of Web Mercator is drawn at its edge, so the outermost tiles reach to the poles.
    private static Bounds ReachPoles(Bounds box, TileAddress tile, double pole) => box with
    {
        South = tile.Y == tile.Span - 1 ? -pole : box.South,
        North = tile.Y == 0 ? pole : box.North,
    };

    private static Bounds ToDegrees(Bounds metres) => new(
        WebMercator.Longitude(WebMercator.WorldXFromMeters(metres.West)),
        WebMercator.Latitude(WebMercator.WorldYFromMeters(metres.South)),
        WebMercator.Longitude(WebMercator.WorldXFromMeters(metres.East)),
        WebMercator.Latitude(WebMercator.WorldYFromMeters(metres.North)));

    private static Bounds ToMercator(Bounds degrees) => new(
        WebMercator.MetersX(WebMercator.WorldX(degrees.West)),
        degrees.South <= -WebMercator.MaxLatitude ? -PoleMeters : WebMercator.MetersY(WebMercator.WorldY(degrees.South)),
        WebMercator.MetersX(WebMercator.WorldX(degrees.East)),
        degrees.North >= WebMercator.MaxLatitude ? PoleMeters : WebMercator.MetersY(WebMercator.WorldY(degrees.North)));

    private static TileBox Of(Bounds box) => new([box.West, box.South, box.East, box.North]);

    private static Bounds Grow(Bounds box, double share) =>
        new(box.West - box.Width * share, box.South - box.Height * share, box.East + box.Width * share, box.North + box.Height * share);
}
