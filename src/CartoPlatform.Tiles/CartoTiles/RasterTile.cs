using System.Buffers;
using System.Text;
using CartoPlatform.Tiles.Protobuf;

namespace CartoPlatform.Tiles.CartoTiles;

/// <summary>CARTO's raster tile (contract, section 4.7).</summary>
public static class RasterTile
{
    public const string MediaType = "application/vnd.carto-raster-tile";

    private const int BlockSize = 1, Band = 2, Name = 1, Type = 2, Data = 3;

    /// <param name="blockSize">Pixels per side.</param>
    /// <param name="bands">Names, types and values: little endian, row by row from the north-west, as a whole compressed or not.</param>
    /// <param name="output">Takes the tile.</param>
    public static void Write(int blockSize, IEnumerable<(string Name, string Type, ReadOnlyMemory<byte> Data)> bands, IBufferWriter<byte> output)
    {
        var writer = new ProtobufOutput(output);
        writer.WriteVarint(BlockSize, (ulong)blockSize);
        foreach (var (name, type, data) in bands)
        {
            var (nameBytes, typeBytes) = (Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(type));
            writer.WriteHeader(Band, ProtobufBuffer.FieldLength(nameBytes.Length) + ProtobufBuffer.FieldLength(typeBytes.Length) + ProtobufBuffer.FieldLength(data.Length));
            // The reader needs the type before the data.
            writer.WriteHeader(Name, nameBytes.Length);
            writer.WriteRaw(nameBytes);
            writer.WriteHeader(Type, typeBytes.Length);
            writer.WriteRaw(typeBytes);
            writer.WriteHeader(Data, data.Length);
            writer.WriteRaw(data.Span);
        }
    }
}
