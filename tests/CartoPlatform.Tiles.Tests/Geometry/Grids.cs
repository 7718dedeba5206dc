using CartoPlatform.Tiles.Geometry;
using NetTopologySuite.Geometries;

namespace CartoPlatform.Tiles.Tests.Geometry;

/// <summary>Tiles whose units are the coordinates that tests are written in, away from the edges of the world.</summary>
internal static class Grids
{
    private const int Extent = 128;
    private const int WorldExtent = 4 * Extent;

    public static readonly GeometryFactory Factory = new();

    public static TileGrid Inner(int buffer = 0) => new(TileAddress.Create(2, 1, 1), Extent, buffer);

    /// <summary>EWKB in EPSG:3857 of a geometry given in units of the tile.</summary>
    public static byte[] ToEwkb(NetTopologySuite.Geometries.Geometry units)
    {
        var copy = units.Copy();
        copy.Apply(new ToMeters());
        copy.GeometryChanged();
        copy.SRID = WebMercator.Srid;
        return new NetTopologySuite.IO.WKBWriter(NetTopologySuite.IO.ByteOrder.LittleEndian, handleSRID: true).Write(copy);
    }

    /// <summary>The polygons of a feature as NetTopologySuite sees them.</summary>
    public static MultiPolygon ToPolygons(RingSet set)
    {
        var polygons = new List<Polygon>();
        for (int start = 0, end; start < set.Rings.Length; start = end)
        {
            end = set.EndOfPolygon(start);
            var rings = new List<LinearRing>();
            for (var i = start; i < end; i++) rings.Add(ToRing(set[set.Rings[i]]));
            polygons.Add(Factory.CreatePolygon(rings[0], [.. rings.Skip(1)]));
        }

        return Factory.CreateMultiPolygon([.. polygons]);
    }

    private static LinearRing ToRing(ReadOnlySpan<GridPoint> ring)
    {
        var coordinates = new List<Coordinate>();
        foreach (var point in ring) coordinates.Add(new Coordinate(point.X, point.Y));
        coordinates.Add(coordinates[0]);
        return Factory.CreateLinearRing([.. coordinates]);
    }

    private sealed class ToMeters : ICoordinateSequenceFilter
    {
        public bool Done => false;

        public bool GeometryChanged => true;

        public void Filter(CoordinateSequence seq, int i)
        {
            seq.SetX(i, ((seq.GetX(i) + Extent) / WorldExtent - 0.5) * 2 * WebMercator.HalfWorldMeters);
            seq.SetY(i, (0.5 - (seq.GetY(i) + Extent) / WorldExtent) * 2 * WebMercator.HalfWorldMeters);
        }
    }
}
