using System.Buffers.Binary;

namespace CartoPlatform.Tiles.Tests.Geometry;

/// <summary>Builds EWKB for tests, well-formed or not.</summary>
internal sealed class Ewkb
{
    private readonly List<byte> _bytes = [];
    private readonly bool _littleEndian;

    public Ewkb(bool littleEndian = true) => _littleEndian = littleEndian;

    public static byte[] Point(double x, double y, int srid = 4326) =>
        new Ewkb().Header(1, srid).Coordinates(x, y).ToArray();

    public static byte[] Line(params double[] ordinates) => new Ewkb().Header(2, 4326).Sequence(ordinates).ToArray();

    public static byte[] Polygon(params double[][] rings)
    {
        var ewkb = new Ewkb().Header(3, 4326).Count(rings.Length);
        foreach (var ring in rings) ewkb.Sequence(ring);
        return ewkb.ToArray();
    }

    public static byte[] Rectangle(double west, double south, double east, double north) =>
        Polygon([west, south, east, south, east, north, west, north, west, south]);

    public Ewkb Header(uint type, int? srid = null)
    {
        _bytes.Add(_littleEndian ? (byte)1 : (byte)0);
        Count(type | (srid is null ? 0u : 0x20000000u));
        return srid is { } value ? Count((uint)value) : this;
    }

    public Ewkb Count(int count) => Count((uint)count);

    public Ewkb Count(uint count)
    {
        var bytes = new byte[4];
        if (_littleEndian)
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, count);
        else
            BinaryPrimitives.WriteUInt32BigEndian(bytes, count);
        _bytes.AddRange(bytes);
        return this;
    }

    public Ewkb Coordinates(params double[] ordinates)
    {
        var bytes = new byte[8];
        foreach (var ordinate in ordinates)
        {
            if (_littleEndian)
                BinaryPrimitives.WriteDoubleLittleEndian(bytes, ordinate);
            else
                BinaryPrimitives.WriteDoubleBigEndian(bytes, ordinate);
            _bytes.AddRange(bytes);
        }

        return this;
    }

    /// <summary>A count and as many pairs.</summary>
    public Ewkb Sequence(params double[] ordinates) => Count(ordinates.Length / 2).Coordinates(ordinates);

    public Ewkb Part(byte[] geometry)
    {
        _bytes.AddRange(geometry);
        return this;
    }

    public byte[] ToArray() => [.. _bytes];
}
