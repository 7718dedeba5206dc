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
        var ranges = new List<CellRange>();
        var border = new List<long>();
        Sort(scheme.Roots());
        var level = 0;
        for (; level < finest; level++)
        {
            var (parents, known) = (border, ranges.Count);
            border = [];
            Sort(parents.SelectMany(parent => Children(scheme, parent)));
            if (border.Count <= MaxBorderCells) continue;
            ranges.RemoveRange(known, ranges.Count - known);
            border = parents;
            break;
        }

        foreach (var cell in border)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (polygon.Takes(scheme, cell, mode)) Add(cell);
        }

        return CellRange.Merge(ranges, scheme.Finer(resolution) + 1);

        void Sort(IEnumerable<long> cells)
        {
            foreach (var cell in cells)
            {
                cancellationToken.ThrowIfCancellationRequested();
                switch (polygon.Relate(CellArea.Around(scheme, cell)))
                {
                    case BoxRelation.Inside:
                        Add(cell);
                        break;
                    case BoxRelation.Border:
                        border.Add(cell);
                        break;
                }

                if (border.Count > MaxBorderCells) return;
            }
        }

        void Add(long cell)
        {
            var (first, last) = scheme.Descendants(cell, resolution);
            ranges.Add(new CellRange(first, last));
        }
    }

    private static long[] Children(CellScheme scheme, long parent)
    {
        var children = new long[7];
        return children[..scheme.Children(parent, children)];
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
