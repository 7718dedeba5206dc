using System.Buffers.Binary;
using System.Numerics;
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

    private const int LeastSlots = 256;
    private const int GrowthFactor = 4;

    // To clear more, for values that may turn out to be the same, takes longer than to grow.
    private const int MostReserved = 1 << 13;

    private const int TypicalBytes = 12;

    // Tag and length of a value that is a number, and behind them the tag of what it is.
    private const int NumberHeadBytes = 2;
    private const int NumberHeaderBytes = NumberHeadBytes + 1;

    private readonly ProtobufBuffer _fields = new();
    private readonly PooledList<Entry> _entries = new();
    private ulong[] _slots = []; // above the hash, below the entry's number + 1; 0 is free
    private int _slotCount;
    private int _start; // of the value written last

    /// <summary>All values as fields of the layer, ready to copy.</summary>
    public ReadOnlySpan<byte> Fields => _fields.Bytes;

    public int Intern(ReadOnlySpan<byte> utf8)
    {
        _start = _fields.Length;
        _fields.WriteHeader(MvtFields.LayerValue, ProtobufBuffer.FieldLength(utf8.Length));
        var head = _fields.Length - _start;
        _fields.WriteField(MvtFields.ValueString, utf8);
        return End(head, Hash(utf8));
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
        Varint.Write(BeginNumber(field, WireType.Varint, Varint.Length(number)), number);
        return End(NumberHeadBytes, Hash(field, number));
    }

    public int Intern(double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(BeginNumber(MvtFields.ValueDouble, WireType.Fixed64, sizeof(double)), value);
        return End(NumberHeadBytes, Hash(MvtFields.ValueDouble, BitConverter.DoubleToUInt64Bits(value)));
    }

    public int Intern(float value)
    {
        BinaryPrimitives.WriteSingleLittleEndian(BeginNumber(MvtFields.ValueFloat, WireType.Fixed32, sizeof(float)), value);
        return End(NumberHeadBytes, Hash(MvtFields.ValueFloat, BitConverter.SingleToUInt32Bits(value)));
    }

    public int Intern(bool value)
    {
        var digit = value ? (byte)1 : (byte)0;
        BeginNumber(MvtFields.ValueBool, WireType.Varint, 1)[0] = digit;
        return End(NumberHeadBytes, Hash(MvtFields.ValueBool, digit));
    }

    /// <summary>Makes room for so many values, up to a limit.</summary>
    public void Reserve(long values)
    {
        var most = (int)Math.Min(values, MostReserved);
        var slots = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(LeastSlots, most * 2));
        if (slots > _slotCount) Resize(slots);
        _fields.Reserve(most * TypicalBytes);
    }

    public void Clear()
    {
        _fields.Clear();
        _entries.Clear();
        _slots.AsSpan(0, _slotCount).Clear();
    }

    public void Dispose()
    {
        _fields.Dispose();
        _entries.Dispose();
        if (_slotCount > 0) TileArrays.Return(_slots);
        (_slots, _slotCount) = ([], 0);
    }

    /// <returns>Room for its digits.</returns>
    private Span<byte> BeginNumber(int field, WireType type, int digits)
    {
        _start = _fields.Length;
        var number = _fields.Extend(NumberHeaderBytes + digits);
        (number[2], number[1], number[0]) = (ProtobufBuffer.Tag(field, type), (byte)(1 + digits), ProtobufBuffer.Tag(MvtFields.LayerValue, WireType.Bytes));
        return number[NumberHeaderBytes..];
    }

    // Keeps the value written last if it is new, else takes it back.
    private int End(int head, uint hash)
    {
        if (_entries.Count * 2 >= _slotCount) Resize(Math.Max(LeastSlots, _slotCount * GrowthFactor));
        var content = _fields.Bytes[(_start + head)..];
        var mask = (uint)_slotCount - 1;
        for (var slot = hash & mask; ; slot = (slot + 1) & mask)
        {
            var taken = _slots[slot];
            if (taken == 0)
            {
                _entries.Add(new Entry(_start + head, content.Length));
                _slots[slot] = ((ulong)hash << 32) | (uint)_entries.Count;
                return _entries.Count - 1;
            }

            if ((uint)(taken >> 32) != hash) continue;
            var index = (int)(uint)taken - 1;
            var entry = _entries.Items[index];
            if (!_fields.Bytes.Slice(entry.Start, entry.Length).SequenceEqual(content)) continue;
            _fields.Truncate(_start);
            return index;
        }
    }

    private void Resize(int slots)
    {
        var (old, oldCount) = (_slots, _slotCount);
        _slotCount = slots;
        _slots = TileArrays.Rent<ulong>(_slotCount);
        _slots.AsSpan(0, _slotCount).Clear();
        var mask = (uint)_slotCount - 1;
        foreach (var taken in old.AsSpan(0, oldCount))
        {
            if (taken == 0) continue;
            var slot = (uint)(taken >> 32) & mask;
            while (_slots[slot] != 0) slot = (slot + 1) & mask;
            _slots[slot] = taken;
        }

        if (oldCount > 0) TileArrays.Return(old);
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
