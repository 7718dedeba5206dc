using System.Buffers.Binary;
using CartoPlatform.Tiles.Geometry;
using CartoPlatform.Tiles.Protobuf;

namespace CartoPlatform.Tiles.Mvt;

/// <summary>
/// The values of a layer, each once: a table with open addressing over their encoded bytes, in the order of first use.
/// </summary>
internal sealed class MvtValueTable : IDisposable
{
    private const long SmallestZigZag = -(1L << 52);
    private const ulong Multiplier = 0x9E3779B97F4A7C15;

    // Of this process: nobody can choose values that all fall into one slot. The tile does not depend on it.
    private static readonly ulong Seed = (ulong)Random.Shared.NextInt64();

    private readonly ProtobufBuffer _fields = new();
    private readonly PooledList<Entry> _entries = new();
    private ulong[] _slots = new ulong[256]; // above the hash, below the entry's number + 1; 0 is free
    private int _start;

    /// <summary>All values as fields of the layer, ready to copy.</summary>
    public ReadOnlySpan<byte> Fields => _fields.Bytes;

    public int Intern(ReadOnlySpan<byte> utf8)
    {
        var content = Begin(ProtobufBuffer.FieldLength(utf8.Length));
        content[0] = ProtobufBuffer.Tag(MvtFields.ValueString, WireType.Bytes);
        utf8.CopyTo(content[(1 + Varint.Write(content[1..], (uint)utf8.Length))..]);
        return End(content, Hash(utf8));
    }

    // As ST_AsMVT does: unsigned where it can be, else zigzag. Readers in JavaScript undo zigzag in doubles and lose the sign where
    // it does not fit 53 bits; two's complement, which they read in two halves, comes through.
    public int Intern(long value)
    {
        var (field, number) = value switch
        {
            >= 0 => (MvtFields.ValueUInt, (ulong)value),
            >= SmallestZigZag => (MvtFields.ValueSInt, Varint.ZigZag(value)),
            _ => (MvtFields.ValueInt, (ulong)value),
        };
        var content = Begin(1 + Varint.Length(number));
        content[0] = ProtobufBuffer.Tag(field, WireType.Varint);
        Varint.Write(content[1..], number);
        return End(content, Hash(field, number));
    }

    public int Intern(double value)
    {
        var content = Begin(1 + sizeof(double));
        content[0] = ProtobufBuffer.Tag(MvtFields.ValueDouble, WireType.Fixed64);
        BinaryPrimitives.WriteDoubleLittleEndian(content[1..], value);
        return End(content, Hash(MvtFields.ValueDouble, BitConverter.DoubleToUInt64Bits(value)));
    }

    public int Intern(float value)
    {
        var content = Begin(1 + sizeof(float));
        content[0] = ProtobufBuffer.Tag(MvtFields.ValueFloat, WireType.Fixed32);
        BinaryPrimitives.WriteSingleLittleEndian(content[1..], value);
        return End(content, Hash(MvtFields.ValueFloat, BitConverter.SingleToUInt32Bits(value)));
    }

    public int Intern(bool value)
    {
        var content = Begin(2);
        (content[0], content[1]) = (ProtobufBuffer.Tag(MvtFields.ValueBool, WireType.Varint), value ? (byte)1 : (byte)0);
        return End(content, Hash(MvtFields.ValueBool, content[1]));
    }

    public void Clear()
    {
        _fields.Clear();
        _entries.Clear();
        Array.Clear(_slots);
    }

    public void Dispose()
    {
        _fields.Dispose();
        _entries.Dispose();
    }

    private Span<byte> Begin(int contentLength)
    {
        _start = _fields.Length;
        _fields.WriteHeader(MvtFields.LayerValue, contentLength);
        return _fields.Extend(contentLength);
    }

    // Keeps the value written last if it is new, else takes it back.
    private int End(ReadOnlySpan<byte> content, uint hash)
    {
        var mask = (uint)_slots.Length - 1;
        for (var slot = hash & mask; ; slot = (slot + 1) & mask)
        {
            var taken = _slots[slot];
            if (taken == 0)
            {
                _slots[slot] = ((ulong)hash << 32) | (uint)(_entries.Count + 1);
                break;
            }

            if ((uint)(taken >> 32) != hash) continue;
            var index = (int)(uint)taken - 1;
            var entry = _entries.Items[index];
            if (!_fields.Bytes.Slice(entry.Start, entry.Length).SequenceEqual(content)) continue;
            _fields.Truncate(_start);
            return index;
        }

        _entries.Add(new Entry(_fields.Length - content.Length, content.Length));
        if (_entries.Count * 2 > _slots.Length) Grow();
        return _entries.Count - 1;
    }

    private void Grow()
    {
        var old = _slots;
        _slots = new ulong[old.Length * 4];
        var mask = (uint)_slots.Length - 1;
        foreach (var taken in old)
        {
            if (taken == 0) continue;
            var slot = (uint)(taken >> 32) & mask;
            while (_slots[slot] != 0) slot = (slot + 1) & mask;
            _slots[slot] = taken;
        }
    }

    private static uint Hash(int field, ulong bits) => (uint)Fold(Seed ^ bits, Multiplier + ((ulong)field << 1));

    private static uint Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = Seed ^ (ulong)bytes.Length;
        while (bytes.Length >= sizeof(ulong))
        {
            hash = Fold(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes), Multiplier);
            bytes = bytes[sizeof(ulong)..];
        }

        ulong tail = 0;
        foreach (var part in bytes) tail = (tail << 8) | part;
        return (uint)Fold(hash ^ tail, Multiplier);
    }

    private static ulong Fold(ulong left, ulong right)
    {
        var high = Math.BigMul(left, right, out var low);
        return high ^ low;
    }

    private readonly record struct Entry(int Start, int Length);
}
