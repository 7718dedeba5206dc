using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace CartoPlatform.Tiles.Protobuf;

/// <summary>Reads fields one after another. Bytes that are no such message throw <see cref="TileFormatException"/>.</summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _left = bytes;

    public readonly bool IsAtEnd => _left.IsEmpty;

    public (int Field, WireType Type) ReadTag()
    {
        var tag = ReadVarint();
        var field = tag >> 3;
        if (field is 0 or > int.MaxValue) throw new TileFormatException("A field has no number.");
        return ((int)field, (WireType)(int)(tag & 7));
    }

    public ulong ReadVarint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            if (_left.IsEmpty) Fail();
            var next = _left[0];
            _left = _left[1..];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }

        throw new TileFormatException("An integer is longer than 64 bits.");
    }

    public uint ReadUInt32() => unchecked((uint)ReadVarint());

    public ReadOnlySpan<byte> ReadBytes()
    {
        var length = ReadVarint();
        if (length > (ulong)_left.Length) Fail();
        return Take((int)length);
    }

    public double ReadDouble() => BinaryPrimitives.ReadDoubleLittleEndian(TakeOrFail(sizeof(double)));

    public float ReadFloat() => BinaryPrimitives.ReadSingleLittleEndian(TakeOrFail(sizeof(float)));

    public void Skip(WireType type)
    {
        switch (type)
        {
            case WireType.Varint:
                ReadVarint();
                break;
            case WireType.Fixed64:
                TakeOrFail(sizeof(ulong));
                break;
            case WireType.Bytes:
                ReadBytes();
                break;
            case WireType.Fixed32:
                TakeOrFail(sizeof(uint));
                break;
            default:
                throw new TileFormatException("A field is of a kind that is not known.");
        }
    }

    private ReadOnlySpan<byte> TakeOrFail(int length)
    {
        if (length > _left.Length) Fail();
        return Take(length);
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        var taken = _left[..length];
        _left = _left[length..];
        return taken;
    }

    [DoesNotReturn]
    private static void Fail() => throw new TileFormatException("The tile is cut off.");
}
