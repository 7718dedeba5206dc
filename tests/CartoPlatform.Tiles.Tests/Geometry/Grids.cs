using CartoPlatform.Tiles.Geometry;
using NetTopologySuite.Geometries;

namespace CartoPlatform.Tiles.Tests.Geometry;

/// <summary>A tile whose source coordinates are easy to read: at zoom 0, EPSG:3857, one metre is one unit times a constant.</summary>
internal static class Grids
{
    public const double MetersPerUnit = 2 * WebMercator.HalfWorldMeters / Extent;

    private const int Extent = 256;

    /// <summary>The world at 256 units, clipped to the units 64 to 192 by its position in the pyramid: tile 1/0/0 of extent 128.</summary>
    public static TileGrid NorthWest(int buffer = 0) => new(TileAddress.Create(1, 0, 0), extent: 128, buffer: buffer);

    public static readonly GeometryFactory Factory = new();

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
            seq.SetX(i, (seq.GetX(i) / Extent - 0.5) * 2 * WebMercator.HalfWorldMeters);
            seq.SetY(i, (0.5 - seq.GetY(i) / Extent) * 2 * WebMercator.HalfWorldMeters);
        }
    }
}
