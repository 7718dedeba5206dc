using NetTopologySuite.Geometries.Utilities;
using NtsGeometry = NetTopologySuite.Geometries.Geometry;

namespace CartoPlatform.Tiles.Cells;

/// <summary>
/// The cells of a polygon, as ranges: coarse cells that lie within it whatever their descendants, fine ones along its border. The
/// polygon is meant on the plane of longitude and latitude, and goes on beyond 180 degrees where the world begins again.
/// </summary>
public static class CellCover
{
    /// <summary>
    /// How many cells along the border are looked at. A polygon with more of them at the resolution asked for is covered at the finest
    /// resolution with fewer: that is no coarser than a thousandth of what its outline measures.
    /// </summary>
    public const int MaxBorderCells = 20_000;

    private const double QuarterTurn = 90;

    /// <param name="polygons">Polygons in well-known binary, degrees of WGS84; they need not be valid.</param>
    /// <param name="scheme">Of the cells.</param>
    /// <param name="resolution">Of the cells that the ranges are about.</param>
    /// <param name="mode">Which cells count.</param>
    /// <param name="finest">The resolution at which the border is looked at: that of the ranges, or a coarser one.</param>
    /// <param name="cancellationToken">Of the caller: a large polygon takes a second.</param>
    public static IReadOnlyList<CellRange> Find(
        ReadOnlySpan<byte> polygons, CellScheme scheme, int resolution, CellCoverMode mode, int finest, CancellationToken cancellationToken = default)
    {
        var geometry = new NetTopologySuite.IO.WKBReader().Read(polygons.ToArray());
        if (!geometry.IsValid) geometry = GeometryFixer.Fix(geometry);
        var polygon = new CoveredPolygon(Unroll(geometry));
        var search = new CoverSearch(polygon, scheme, resolution, cancellationToken);
        return CellRange.Merge(search.Run(mode, finest), scheme.Finer(resolution) + 1);
    }

    // Cells reach over 180 degrees from either side: what the polygon has on the other one is put there too.
    private static NtsGeometry Unroll(NtsGeometry polygon)
    {
        var box = polygon.EnvelopeInternal;
        var unrolled = polygon;
        if (box.MinX < -QuarterTurn) unrolled = unrolled.Union(CellArea.Shift(polygon, 360));
        if (box.MaxX > QuarterTurn) unrolled = unrolled.Union(CellArea.Shift(polygon, -360));
        return unrolled;
    }
}
