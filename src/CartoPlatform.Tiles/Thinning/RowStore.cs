using System.Buffers.Binary;
using System.Runtime.InteropServices;
using CartoPlatform.Tiles.Geometry;

namespace CartoPlatform.Tiles.Thinning;

/// <summary>Rows as bytes, to be given to an encoder later: the geometry, then the attributes.</summary>
internal sealed class RowStore : IDisposable
{
    private const int HeaderBytes = sizeof(int);
    private const int TagBytes = sizeof(ushort) + 1;

    private PooledList<byte> _bytes = new();
    private PooledList<byte> _spare = new();

    private enum ValueKind : byte
    {
        Text,
        Integer,
        Double,
        Single,
        Boolean,
    }

    /// <summary>Bytes taken, of rows that are no longer of use too.</summary>
    public int Length => _bytes.Count;

    public ReadOnlySpan<byte> this[RowPlace row] => _bytes.Items.Slice(row.Offset, row.Length);

    /// <summary>Begins a row at the end; everything that is added until the next one belongs to it.</summary>
    /// <returns>Where it begins.</returns>
    public int Begin(ReadOnlySpan<byte> ewkb)
    {
        var offset = _bytes.Count;
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.Extend(HeaderBytes), ewkb.Length);
        _bytes.AddRange(ewkb);
        return offset;
    }

    public void Add(int column, ReadOnlySpan<byte> utf8)
    {
        WriteTag(column, ValueKind.Text);
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.Extend(sizeof(int)), utf8.Length);
        _bytes.AddRange(utf8);
    }

    public void Add(int column, long value)
    {
        WriteTag(column, ValueKind.Integer);
        BinaryPrimitives.WriteInt64LittleEndian(_bytes.Extend(sizeof(long)), value);
    }

    public void Add(int column, double value)
    {
        WriteTag(column, ValueKind.Double);
        BinaryPrimitives.WriteDoubleLittleEndian(_bytes.Extend(sizeof(double)), value);
    }

    public void Add(int column, float value)
    {
        WriteTag(column, ValueKind.Single);
        BinaryPrimitives.WriteSingleLittleEndian(_bytes.Extend(sizeof(float)), value);
    }

    public void Add(int column, bool value)
    {
        WriteTag(column, ValueKind.Boolean);
        _bytes.Add(value ? (byte)1 : (byte)0);
    }

    /// <summary>Gives the row to an encoder, but for its end; false where the encoder takes nothing of it.</summary>
    /// <exception cref="WkbException">Its geometry cannot be read.</exception>
    public bool Replay(RowPlace row, ITileFeatures target)
    {
        var bytes = this[row];
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        if (!target.BeginFeature(bytes.Slice(HeaderBytes, length))) return false;
        for (var rest = bytes[(HeaderBytes + length)..]; rest.Length > 0;) rest = rest[Replay(rest, target)..];
        return true;
    }

    /// <summary>Takes back everything from this place on.</summary>
    public void Truncate(int offset) => _bytes.Truncate(offset);

    /// <summary>What is moved from now on stays, and everything else is forgotten at the end.</summary>
    public void BeginCompaction() => _spare.Clear();

    /// <returns>Where the row is after the end.</returns>
    public RowPlace Move(RowPlace row)
    {
        var moved = row with { Offset = _spare.Count };
        _spare.AddRange(this[row]);
        return moved;
    }

    public void EndCompaction() => (_bytes, _spare) = (_spare, _bytes);

    public void Dispose()
    {
        _bytes.Dispose();
        _spare.Dispose();
    }

    private void WriteTag(int column, ValueKind kind)
    {
        var tag = _bytes.Extend(TagBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(tag, checked((ushort)column));
        tag[^1] = (byte)kind;
    }

    /// <returns>How many bytes the value took.</returns>
    private static int Replay(ReadOnlySpan<byte> bytes, ITileFeatures target)
    {
        int column = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
        var value = bytes[TagBytes..];
        switch ((ValueKind)bytes[TagBytes - 1])
        {
            case ValueKind.Text:
                var length = BinaryPrimitives.ReadInt32LittleEndian(value);
                target.Add(column, value.Slice(sizeof(int), length));
                return TagBytes + sizeof(int) + length;
            case ValueKind.Integer:
                target.Add(column, BinaryPrimitives.ReadInt64LittleEndian(value));
                return TagBytes + sizeof(long);
            case ValueKind.Double:
                target.Add(column, BinaryPrimitives.ReadDoubleLittleEndian(value));
                return TagBytes + sizeof(double);
            case ValueKind.Single:
                target.Add(column, BinaryPrimitives.ReadSingleLittleEndian(value));
                return TagBytes + sizeof(float);
            default:
                target.Add(column, value[0] != 0);
                return TagBytes + 1;
        }
    }
}

/// <summary>Where a row's bytes are.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RowPlace(int Offset, int Length)
{
    public static readonly RowPlace None = new(-1, 0);

    public bool IsNone => Offset < 0;
}
