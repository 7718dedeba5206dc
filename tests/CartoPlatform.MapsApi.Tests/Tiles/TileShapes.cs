using CartoPlatform.Tiles.Tests.Decoding;
using NetTopologySuite.Geometries;

namespace CartoPlatform.MapsApi.Tests.Tiles;

/// <summary>Features of tiles as geometry of another library, in units.</summary>
internal static class TileShapes
{
    private static readonly GeometryFactory Factory = new();

    public static Geometry Lines(MvtFeature feature) =>
        Factory.CreateMultiLineString([.. feature.Parts.Select(part => Factory.CreateLineString(Coordinates(part)))]);

    /// <summary>By MVT 2.1 a ring of positive area begins a polygon, and the negative ones after it are its holes.</summary>
    public static Geometry Polygons(MvtFeature feature)
    {
        var polygons = new List<(LinearRing Shell, List<LinearRing> Holes)>();
        foreach (var part in feature.Parts)
        {
            var ring = Factory.CreateLinearRing([.. Coordinates(part), new Coordinate(part[0].X, part[0].Y)]);
            if (TwiceArea(part) > 0) polygons.Add((ring, []));
            else polygons[^1].Holes.Add(ring);
        }

        return Factory.CreateMultiPolygon([.. polygons.Select(polygon => Factory.CreatePolygon(polygon.Shell, [.. polygon.Holes]))]);
    }

    public static Geometry None { get; } = Factory.CreateGeometryCollection();

    public static Geometry Square(double low, double high) => Factory.ToGeometry(new Envelope(low, high, low, high));

    /// <summary>How far a vertex of one is from the other: infinitely where the other is empty.</summary>
    public static double Farthest(Geometry from, Geometry to) =>
        from.IsEmpty ? 0 : to.IsEmpty ? double.PositiveInfinity : from.Coordinates.Max(coordinate => Factory.CreatePoint(coordinate).Distance(to));

    private static Coordinate[] Coordinates((int X, int Y)[] part) => Array.ConvertAll(part, vertex => new Coordinate(vertex.X, vertex.Y));

    private static long TwiceArea((int X, int Y)[] ring) =>
        ring.Select((vertex, index) => (long)vertex.X * ring[(index + 1) % ring.Length].Y - (long)ring[(index + 1) % ring.Length].X * vertex.Y).Sum();
}
