using System.Buffers.Binary;
using CartoPlatform.Tiles.Geometry;

namespace CartoPlatform.Tiles.Protobuf;

/// <summary>A pooled buffer that knows the wire format of Protocol Buffers.</summary>
internal sealed class ProtobufBuffer : IDisposable
{
    private readonly PooledList<byte> _bytes = new();

    public int Length => _bytes.Count;

    public ReadOnlySpan<byte> Bytes => _bytes.Items;

    /// <summary>The byte that opens a field; all ours have numbers below 16.</summary>
    public static byte Tag(int field, WireType type) => (byte)((field << 3) | (int)type);

    /// <summary>Length of a field of bytes, its tag and length included.</summary>
    public static int FieldLength(int contentLength) => 1 + Varint.Length((uint)contentLength) + contentLength;

    public void WriteTag(int field, WireType type) => _bytes.Add(Tag(field, type));

    public void WriteVarint(ulong value)
    {
        if (value < 0x80)
        {
            _bytes.Add((byte)value);
            return;
        }

        var target = _bytes.Extend(Varint.MaxLength);
        _bytes.Truncate(_bytes.Count - Varint.MaxLength + Varint.Write(target, value));
    }

    /// <summary>Writes two, one behind the other.</summary>
    public void WriteVarints(uint first, uint second)
    {
        if ((first | second) < 0x80)
        {
            var two = _bytes.Extend(2);
            (two[1], two[0]) = ((byte)second, (byte)first);
            return;
        }

        var target = _bytes.Extend(2 * Varint.MaxLength);
        var length = Varint.Write(target, first);
        length += Varint.Write(target[length..], second);
        _bytes.Truncate(_bytes.Count - 2 * Varint.MaxLength + length);
    }

    public void WriteVarint(int field, ulong value)
    {
        WriteTag(field, WireType.Varint);
        WriteVarint(value);
    }

    public void WriteDouble(double value) =>
        BinaryPrimitives.WriteDoubleLittleEndian(_bytes.Extend(sizeof(double)), value);

    public void WriteFloat(float value) =>
        BinaryPrimitives.WriteSingleLittleEndian(_bytes.Extend(sizeof(float)), value);

    /// <summary>Opens a field of bytes whose content the caller writes next.</summary>
    public void WriteHeader(int field, int contentLength)
    {
        WriteTag(field, WireType.Bytes);
        WriteVarint((uint)contentLength);
    }

    public void WriteField(int field, ReadOnlySpan<byte> content)
    {
        WriteHeader(field, content.Length);
        WriteRaw(content);
    }

    public void WriteRaw(ReadOnlySpan<byte> content) => _bytes.AddRange(content);

    /// <summary>Adds bytes for the caller to fill; give back what was too much with <see cref="Truncate"/>.</summary>
    public Span<byte> Extend(int count) => _bytes.Extend(count);

    public void Reserve(int count) => _bytes.Reserve(count);

    public void Truncate(int length) => _bytes.Truncate(length);

    public void Clear() => _bytes.Clear();

    public void Dispose() => _bytes.Dispose();
}
