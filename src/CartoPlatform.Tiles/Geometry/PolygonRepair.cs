using NetTopologySuite.Geometries;
using NetTopologySuite.Geometries.Utilities;
using NetTopologySuite.Operation.OverlayNG;
using NetTopologySuite.Precision;

namespace CartoPlatform.Tiles.Geometry;

/// <summary>Mends what <see cref="PolygonMender"/> cannot, with NetTopologySuite: the slow and thorough way.</summary>
internal static class PolygonRepair
{
    private static readonly GeometryFactory Factory = new();
    private static readonly PrecisionModel Grid = new(1);

    /// <summary>Adds valid polygons on the grid that cover the same area; what has none is left out.</summary>
    public static void Repair(RingSet source, RingSet output)
    {
        var fixedGeometry = GeometryFixer.Fix(ToGeometry(source));
        // The fixer mends each polygon by itself; those of one feature may still overlap.
        var snapped = GeometryPrecisionReducer.Reduce(OverlayNGRobust.Union(fixedGeometry), Grid);
        for (var i = 0; i < snapped.NumGeometries; i++)
        {
            if (snapped.GetGeometryN(i) is Polygon polygon) Add(polygon, output);
        }
    }

    private static MultiPolygon ToGeometry(RingSet source)
    {
        var polygons = new List<Polygon>();
        var rings = source.Rings;
        for (int start = 0, end; start < rings.Length; start = end)
        {
            var holes = new List<LinearRing>();
            end = source.EndOfPolygon(start);
            foreach (ref readonly var hole in rings[(start + 1)..end]) holes.Add(ToRing(source[hole]));
            polygons.Add(Factory.CreatePolygon(ToRing(source[rings[start]]), [.. holes]));
        }

        return Factory.CreateMultiPolygon([.. polygons]);
    }

    private static LinearRing ToRing(ReadOnlySpan<GridPoint> ring)
    {
        var coordinates = new Coordinate[ring.Length + 1];
        for (var i = 0; i < coordinates.Length; i++)
        {
            var point = ring[i < ring.Length ? i : 0];
            coordinates[i] = new Coordinate(point.X, point.Y);
        }

        return Factory.CreateLinearRing(coordinates);
    }

    private static void Add(Polygon polygon, RingSet output)
    {
        if (!output.AddShell(ToGrid(polygon.ExteriorRing))) return;
        foreach (var hole in polygon.InteriorRings) output.AddHole(ToGrid(hole));
    }

    private static GridPoint[] ToGrid(LineString ring) =>
        Array.ConvertAll(ring.Coordinates, coordinate => new TilePoint(coordinate.X, coordinate.Y).Snap());
}
