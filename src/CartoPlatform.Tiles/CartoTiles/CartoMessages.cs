using CartoPlatform.Tiles.Protobuf;

namespace CartoPlatform.Tiles.CartoTiles;

/// <summary>Lengths of the leaf messages. Each ends with two bytes for the size of an item.</summary>
internal static class CartoMessages
{
    private const int SizeLength = 2;

    public static int DoublesLength(int count) => PackedLength(count * sizeof(double)) + SizeLength;

    public static int IntsLength(int bytes) => PackedLength(bytes) + SizeLength;

    private static int PackedLength(int bytes) => bytes == 0 ? 0 : ProtobufBuffer.FieldLength(bytes);
}
