using System.Buffers.Binary;

namespace CartoPlatform.Tiles.Snapshots;

/// <summary>The point of a row as a <see cref="PointSnapshot"/> keeps it.</summary>
/// <param name="X">In degrees or metres, as <paramref name="Y"/>.</param>
/// <param name="Y">Finite, as <paramref name="X"/>.</param>
/// <param name="Srid">4326 or 3857.</param>
public readonly record struct SnapshotPoint(double X, double Y, int Srid)
{
    /// <summary>How long its EWKB is: byte order, type with the flag of a system, the system, the coordinates.</summary>
    internal const int EwkbBytes = HeaderBytes + 2 * sizeof(double);

    internal const int HeaderBytes = 1 + 2 * sizeof(int);

    private const byte LittleEndian = 1;
    private const uint PointWithSrid = 0x20000001;

    internal void WriteEwkb(Span<byte> target)
    {
        target[0] = LittleEndian;
        BinaryPrimitives.WriteUInt32LittleEndian(target[1..], PointWithSrid);
        BinaryPrimitives.WriteInt32LittleEndian(target[(1 + sizeof(int))..], Srid);
        BinaryPrimitives.WriteDoubleLittleEndian(target[HeaderBytes..], X);
        BinaryPrimitives.WriteDoubleLittleEndian(target[(HeaderBytes + sizeof(double))..], Y);
    }

    /// <summary>Reads what <see cref="WriteEwkb"/> writes; false for everything else.</summary>
    internal static bool TryReadEwkb(ReadOnlySpan<byte> ewkb, out SnapshotPoint point)
    {
        point = default;
        if (ewkb.Length != EwkbBytes || ewkb[0] != LittleEndian || BinaryPrimitives.ReadUInt32LittleEndian(ewkb[1..]) != PointWithSrid) return false;
        point = new SnapshotPoint(
            BinaryPrimitives.ReadDoubleLittleEndian(ewkb[HeaderBytes..]), BinaryPrimitives.ReadDoubleLittleEndian(ewkb[(HeaderBytes + sizeof(double))..]),
            BinaryPrimitives.ReadInt32LittleEndian(ewkb[(1 + sizeof(int))..]));
        return true;
    }
}
