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

    // Of this process: nobody can choose values that all fall into one slot. The tile does not depend on it.
    private static readonly ulong Seed = (ulong)Random.Shared.NextInt64();

    private readonly ProtobufBuffer _fields = new();
    private readonly PooledList<Entry> _entries = new();
    private int[] _slots = new int[256]; // entry number + 1; 0 is free
    private int _start;
    private int _contentStart;

    /// <summary>All values as fields of the layer, ready to copy.</summary>
    public ReadOnlySpan<byte> Fields => _fields.Bytes;

    public int Intern(ReadOnlySpan<byte> utf8)
    {
        Begin(ProtobufBuffer.FieldLength(utf8.Length));
        _fields.WriteField(MvtFields.ValueString, utf8);
        return End();
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
        Begin(1 + Varint.Length(number));
        _fields.WriteVarint(field, number);
        return End();
    }

    public int Intern(double value)
    {
        Begin(1 + sizeof(double));
        _fields.WriteTag(MvtFields.ValueDouble, WireType.Fixed64);
        _fields.WriteDouble(value);
        return End();
    }

    public int Intern(float value)
    {
        Begin(1 + sizeof(float));
        _fields.WriteTag(MvtFields.ValueFloat, WireType.Fixed32);
        _fields.WriteFloat(value);
        return End();
    }

    public int Intern(bool value)
    {
        Begin(2);
        _fields.WriteVarint(MvtFields.ValueBool, value ? 1u : 0u);
        return End();
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

    private void Begin(int contentLength)
    {
        _start = _fields.Length;
        _fields.WriteHeader(MvtFields.LayerValue, contentLength);
        _contentStart = _fields.Length;
    }

    // Keeps the value written last if it is new, else takes it back.
    private int End()
    {
        var content = _fields.Bytes[_contentStart..];
        var hash = Hash(content);
        var mask = _slots.Length - 1;
        for (var slot = (int)hash & mask; ; slot = (slot + 1) & mask)
        {
            var index = _slots[slot] - 1;
            if (index < 0)
            {
                _slots[slot] = _entries.Count + 1;
                break;
            }

            ref readonly var entry = ref _entries.Items[index];
            if (entry.Hash != hash || !_fields.Bytes.Slice(entry.Start, entry.Length).SequenceEqual(content)) continue;
            _fields.Truncate(_start);
            return index;
        }

        _entries.Add(new Entry(hash, _contentStart, content.Length));
        if (_entries.Count * 2 > _slots.Length) Grow();
        return _entries.Count - 1;
    }

    private void Grow()
    {
        _slots = new int[_slots.Length * 4];
        var mask = _slots.Length - 1;
        for (var i = 0; i < _entries.Count; i++)
        {
            var slot = (int)_entries[i].Hash & mask;
            while (_slots[slot] != 0) slot = (slot + 1) & mask;
            _slots[slot] = i + 1;
        }
    }

    private static uint Hash(ReadOnlySpan<byte> bytes)
    {
        const ulong multiplier = 0x9E3779B97F4A7C15;
        var hash = Seed ^ (ulong)bytes.Length;
        while (bytes.Length >= sizeof(ulong))
        {
            hash = Fold(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes), multiplier);
            bytes = bytes[sizeof(ulong)..];
        }

        ulong tail = 0;
        foreach (var part in bytes) tail = (tail << 8) | part;
        return (uint)Fold(hash ^ tail, multiplier);
    }

    private static ulong Fold(ulong left, ulong right)
    {
        var high = Math.BigMul(left, right, out var low);
        return high ^ low;
    }

    private readonly record struct Entry(uint Hash, int Start, int Length);
}
