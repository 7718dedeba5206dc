using System.Buffers;
using System.Buffers.Binary;

namespace CartoPlatform.Tiles.Protobuf;

/// <summary>Writes fields whose lengths are known beforehand straight to their destination.</summary>
internal readonly struct ProtobufOutput(IBufferWriter<byte> output)
{
    // Long runs are written in pieces that a pipe has at hand.
    private const int DoublesAtATime = 512;

    private readonly IBufferWriter<byte> _output = output;

    /// <summary>Opens a field of bytes whose content is written next.</summary>
    public void WriteHeader(int field, int contentLength)
    {
        WriteByte(ProtobufBuffer.Tag(field, WireType.Bytes));
        WriteVarint((uint)contentLength);
    }

    public void WriteVarint(int field, ulong value)
    {
        WriteByte(ProtobufBuffer.Tag(field, WireType.Varint));
        WriteVarint(value);
    }

    public void WriteVarint(ulong value) => _output.Advance(Varint.Write(_output.GetSpan(Varint.MaxLength), value));

    public void WriteRaw(ReadOnlySpan<byte> bytes) => _output.Write(bytes);

    public void WriteDoubles(ReadOnlySpan<double> values)
    {
        while (!values.IsEmpty)
        {
            var piece = values[..Math.Min(values.Length, DoublesAtATime)];
            var target = _output.GetSpan(piece.Length * sizeof(double));
            for (var i = 0; i < piece.Length; i++)
                BinaryPrimitives.WriteDoubleLittleEndian(target[(i * sizeof(double))..], piece[i]);
            _output.Advance(piece.Length * sizeof(double));
            values = values[piece.Length..];
        }
    }

    /// <summary>Writes the same number many times.</summary>
    public void WriteDoubles(double value, int count)
    {
        for (var left = count; left > 0; left -= DoublesAtATime)
        {
            var piece = Math.Min(left, DoublesAtATime);
            var target = _output.GetSpan(piece * sizeof(double));
            for (var i = 0; i < piece; i++)
                BinaryPrimitives.WriteDoubleLittleEndian(target[(i * sizeof(double))..], value);
            _output.Advance(piece * sizeof(double));
        }
    }

    /// <inheritdoc cref="WriteDoubles(double, int)"/>
    public void WriteVarints(uint value, int count)
    {
        Span<byte> encoded = stackalloc byte[Varint.MaxLength];
        encoded = encoded[..Varint.Write(encoded, value)];
        for (var left = count; left > 0; left -= DoublesAtATime)
        {
            var length = Math.Min(left, DoublesAtATime) * encoded.Length;
            var target = _output.GetSpan(length)[..length];
            if (encoded.Length == 1)
                target.Fill(encoded[0]);
            else
                for (var at = 0; at < length; at += encoded.Length) encoded.CopyTo(target[at..]);
            _output.Advance(length);
        }
    }

    private void WriteByte(byte value)
    {
        _output.GetSpan(1)[0] = value;
        _output.Advance(1);
    }
}
