using System.Buffers.Binary;

namespace CartoPlatform.SqlApi.Values;

/// <summary>
/// Reads PostGIS's binary form of a geometry (EWKB: WKB with flags for Z, M and SRID in the type's high bits) from front to back.
/// Each nested geometry has a header of its own.
/// </summary>
internal ref struct EwkbReader(ReadOnlySpan<byte> bytes)
{
    private const uint ZFlag = 0x8000_0000;
    private const uint MFlag = 0x4000_0000;
    private const uint SridFlag = 0x2000_0000;
    private const uint TypeMask = 0x0FFF_FFFF;

    private ReadOnlySpan<byte> _rest = bytes;
    private bool _littleEndian;
    private int _extraOrdinates;

    /// <summary>Of the geometry read last; 0 where it has none.</summary>
    public int Srid { get; private set; }

    public EwkbType ReadHeader()
    {
        _littleEndian = _rest[0] == 1;
        _rest = _rest[1..];
        var type = ReadUInt32();
        _extraOrdinates = ((type & ZFlag) != 0 ? 1 : 0) + ((type & MFlag) != 0 ? 1 : 0);
        if ((type & SridFlag) != 0) Srid = (int)ReadUInt32();
        return (EwkbType)(type & TypeMask);
    }

    public int ReadCount() => (int)ReadUInt32();

    /// <summary>Z and M are left out (contract, section 16).</summary>
    public (double X, double Y) ReadPoint()
    {
        var x = ReadDouble();
        var y = ReadDouble();
        _rest = _rest[(_extraOrdinates * sizeof(double))..];
        return (x, y);
    }

    private uint ReadUInt32()
    {
        var value = _littleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(_rest) : BinaryPrimitives.ReadUInt32BigEndian(_rest);
        _rest = _rest[sizeof(uint)..];
        return value;
    }

    private double ReadDouble()
    {
        var value = _littleEndian ? BinaryPrimitives.ReadDoubleLittleEndian(_rest) : BinaryPrimitives.ReadDoubleBigEndian(_rest);
        _rest = _rest[sizeof(double)..];
        return value;
    }
}
