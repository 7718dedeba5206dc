using System.Numerics;
using CartoPlatform.Tiles.Geometry;

namespace CartoPlatform.Tiles.Thinning;

/// <summary>Rows of one point, and the order by which one of several is chosen.</summary>
internal static class SinglePoint
{
    /// <summary>Reads a point, or several of which there is one. False for every other geometry.</summary>
    /// <exception cref="WkbException">The bytes are no geometry.</exception>
    public static bool TryRead(ReadOnlySpan<byte> ewkb, out double x, out double y, out int srid)
    {
        (x, y) = (0, 0);
        var reader = new WkbReader(ewkb);
        var header = reader.ReadHeader();
        srid = header.Srid == 0 ? TileProjection.Wgs84Srid : header.Srid;
        if (header.Type == GeometryType.MultiPoint && reader.ReadCount(WkbReader.HeaderBytes) == 1) header = reader.ReadHeader();
        if (header.Type != GeometryType.Point) return false;
        var coordinates = reader.ReadCoordinates(1, header.BytesPerCoordinate);
        if (reader.Remaining > 0) return false;
        coordinates.Read(0, out x, out y);
        return true;
    }

    /// <summary>The same for equal places at every zoom, and without any order among different ones.</summary>
    public static ulong Hash(double x, double y) => Mix(BitConverter.DoubleToUInt64Bits(x), BitConverter.DoubleToUInt64Bits(y));

    // The end of splitmix64 (Steele, Lea and Flood, 2014).
    public static ulong Mix(ulong one, ulong other)
    {
        var bits = one * 0x9E3779B97F4A7C15 + BitOperations.RotateLeft(other, 32) * 0xD1B54A32D192ED03;
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
        return bits ^ (bits >> 31);
    }
}
