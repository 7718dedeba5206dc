using System.Buffers.Binary;

namespace CartoPlatform.Tiles.Tests.Decoding;

/// <summary>Reads Protocol Buffers strictly: anything out of bounds or of an unknown wire type throws.</summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _bytes = bytes;

    public readonly bool IsAtEnd => _bytes.IsEmpty;

    public (int Field, int WireType) ReadTag()
    {
        var tag = (int)ReadVarint();
        return (tag >> 3, tag & 7);
    }

    public ulong ReadVarint()
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            if (shift > 63) throw new FormatException("A varint is longer than ten bytes.");
            if (_bytes.IsEmpty) throw new FormatException("A varint has no end.");
            var part = _bytes[0];
            _bytes = _bytes[1..];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return value;
        }
    }

    public ReadOnlySpan<byte> ReadBytes() => Take((int)ReadVarint());

    public double ReadDouble() => BinaryPrimitives.ReadDoubleLittleEndian(Take(8));

    public float ReadFloat() => BinaryPrimitives.ReadSingleLittleEndian(Take(4));

    private ReadOnlySpan<byte> Take(int length)
    {
        if ((uint)length > (uint)_bytes.Length) throw new FormatException($"A field of {length} bytes stands where {_bytes.Length} are left.");
        var taken = _bytes[..length];
        _bytes = _bytes[length..];
        return taken;
    }
}
