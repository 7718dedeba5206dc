namespace CartoPlatform.Tiles.Protobuf;

/// <summary>Writes fields into a span that has just the room for them.</summary>
internal ref struct ProtobufSpan(Span<byte> target)
{
    private Span<byte> _left = target;

    public void WriteVarint(int field, ulong value)
    {
        WriteTag(field, WireType.Varint);
        WriteVarint(value);
    }

    /// <summary>Opens a field of bytes whose content is written next.</summary>
    public void WriteHeader(int field, int contentLength)
    {
        WriteTag(field, WireType.Bytes);
        WriteVarint((uint)contentLength);
    }

    public void WriteField(int field, ReadOnlySpan<byte> content)
    {
        WriteHeader(field, content.Length);
        content.CopyTo(_left);
        _left = _left[content.Length..];
    }

    private void WriteTag(int field, WireType type)
    {
        _left[0] = ProtobufBuffer.Tag(field, type);
        _left = _left[1..];
    }

    private void WriteVarint(ulong value) => _left = _left[Varint.Write(_left, value)..];
}
