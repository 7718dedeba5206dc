namespace CartoPlatform.Tiles.Protobuf;

/// <summary>How the value of a field is laid out.</summary>
internal enum WireType
{
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    Fixed32 = 5,
}
