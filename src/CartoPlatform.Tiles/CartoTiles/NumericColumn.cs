using CartoPlatform.Tiles.Protobuf;

namespace CartoPlatform.Tiles.CartoTiles;

/// <summary>A column whose values go into numericProps: its key as a written field, and its place among such columns.</summary>
internal sealed record NumericColumn(byte[] KeyField, int Index)
{
    /// <summary>Length of the entry for as many values.</summary>
    public int EntryLength(int count) =>
        KeyField.Length + ProtobufBuffer.FieldLength(ProtobufBuffer.FieldLength(count * sizeof(double)));
}
