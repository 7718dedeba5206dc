using System.Buffers.Binary;

namespace CartoPlatform.Tiles.Geometry;

/// <summary>
/// Reads EWKB (PostGIS) and ISO WKB in place. Never reads beyond the span: every count is checked against the
/// bytes that are left before anything is done with it.
/// </summary>
public ref struct WkbReader(ReadOnlySpan<byte> bytes)
{
    /// <summary>Byte order and type: no geometry is shorter.</summary>
    public const int HeaderBytes = 5;

    private const uint ZFlag = 0x80000000;
    private const uint MFlag = 0x40000000;
    private const uint SridFlag = 0x20000000;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _position;
    private bool _littleEndian;

    public readonly int Remaining => _bytes.Length - _position;

    public WkbHeader ReadHeader()
    {
        if (Remaining < HeaderBytes) throw Truncated();
        _littleEndian = _bytes[_position] switch
        {
            0 => false,
            1 => true,
            var order => throw new WkbException($"WKB byte order {order} at byte {_position} is neither 0 nor 1."),
        };
        _position++;
        var code = ReadUInt32();
        var kind = code & ~(ZFlag | MFlag | SridFlag);
        // ISO WKB adds 1000 for Z, 2000 for M and 3000 for both.
        var isoDimensions = kind / 1000;
        if (isoDimensions > 3) throw new WkbException($"WKB geometry type {kind} is not known.");
        var hasZ = (code & ZFlag) != 0 || (isoDimensions & 1) != 0;
        var hasM = (code & MFlag) != 0 || (isoDimensions & 2) != 0;
        var srid = (code & SridFlag) != 0 ? (int)ReadUInt32() : 0;
        return new WkbHeader((GeometryType)(kind % 1000), 16 + (hasZ ? 8 : 0) + (hasM ? 8 : 0), srid);
    }

    /// <summary>Reads a count of items that take at least <paramref name="minimumBytes"/> each.</summary>
    public int ReadCount(int minimumBytes)
    {
        var count = ReadUInt32();
        if (count > (uint)(Remaining / minimumBytes))
            throw new WkbException($"WKB announces {count} parts where {Remaining} bytes are left.");
        return (int)count;
    }

    public WkbCoordinates ReadCoordinates(int count, int bytesPerCoordinate)
    {
        var length = (long)count * bytesPerCoordinate;
        if (length > Remaining) throw Truncated();
        var coordinates = new WkbCoordinates(_bytes.Slice(_position, (int)length), bytesPerCoordinate, _littleEndian);
        _position += (int)length;
        return coordinates;
    }

    private uint ReadUInt32()
    {
        if (Remaining < sizeof(uint)) throw Truncated();
        var at = _bytes[_position..];
        _position += sizeof(uint);
        return _littleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(at) : BinaryPrimitives.ReadUInt32BigEndian(at);
    }

    private readonly WkbException Truncated() => new($"WKB ends after {_bytes.Length} bytes, in the middle of a geometry.");
}
