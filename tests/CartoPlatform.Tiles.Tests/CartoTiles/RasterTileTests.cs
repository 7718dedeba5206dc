using System.Buffers;
using System.Text;
using CartoPlatform.Tiles.CartoTiles;
using CartoPlatform.Tiles.Tests.Decoding;

namespace CartoPlatform.Tiles.Tests.CartoTiles;

/// <summary>Block size, then name, type and data of each band, in this order (contract, section 4.7).</summary>
public sealed class RasterTileTests
{
    [Fact]
    public void Bands_come_as_they_are_with_the_type_before_the_data()
    {
        var data = Enumerable.Range(0, 256 * 256).Select(i => (byte)i).ToArray();
        var output = new ArrayBufferWriter<byte>();
        RasterTile.Write(256, [("band_1", "uint8", data), ("höhe", "float32", ReadOnlyMemory<byte>.Empty)], output);

        var reader = new ProtobufReader(output.WrittenSpan);
        Assert.Equal((1, 0), reader.ReadTag());
        Assert.Equal(256UL, reader.ReadVarint());
        Assert.Equal("1:band_1 2:uint8 3:65536", Band(ref reader, data));
        Assert.Equal("1:höhe 2:float32 3:0", Band(ref reader, []));
        Assert.True(reader.IsAtEnd);
    }

    private static string Band(ref ProtobufReader tile, byte[] expected)
    {
        Assert.Equal((2, 2), tile.ReadTag());
        var (fields, band) = (new List<string>(), tile.ReadBytes().ToArray());
        var reader = new ProtobufReader(band);
        while (!reader.IsAtEnd)
        {
            var (field, _) = reader.ReadTag();
            var bytes = reader.ReadBytes();
            if (field == 3) Assert.Equal(expected, bytes.ToArray());
            fields.Add($"{field}:{(field == 3 ? $"{bytes.Length}" : Encoding.UTF8.GetString(bytes))}");
        }

        return string.Join(' ', fields);
    }
}
