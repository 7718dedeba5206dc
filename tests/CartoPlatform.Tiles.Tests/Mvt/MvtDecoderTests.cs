using System.Buffers;
using CartoPlatform.Tiles.Mvt;
using CartoPlatform.Tiles.Tests.Geometry;

namespace CartoPlatform.Tiles.Tests.Mvt;

/// <summary>Tiles of others are read as they are, and whatever else they are made of is refused in words.</summary>
public sealed class MvtDecoderTests
{
    private static readonly TileColumn[] Columns = [new("text", TileColumnKind.Text), new("whole", TileColumnKind.Number), new("number", TileColumnKind.Number), new("flag", TileColumnKind.Text)];

    [Fact]
    public void Tile_is_read_as_it_was_written()
    {
        var layer = Assert.Single(MvtDecoder.Read(Tile()));

        Assert.Equal(("default", 4096, 3), (layer.Name, layer.Extent, layer.Features.Count));
        Assert.Equal([1, 2, 3], layer.Features.Select(feature => feature.Type));
        Assert.Equal([7UL, null, null], layer.Features.Select(feature => feature.Id));
        Assert.Equal(["text=é", "whole=-5", "number=0.5", "flag=True"], Properties(layer, 0));
        Assert.Equal(["whole=9007199254740993"], Properties(layer, 1));
        Assert.Empty(Properties(layer, 2));
        Assert.Equal([9u, 4096, 4096], layer.Features[0].Commands);
    }

    [Fact]
    public void Tile_that_is_cut_off_anywhere_is_refused_or_has_fewer_layers()
    {
        var tile = Tile();
        for (var length = 1; length < tile.Length; length++) Assert.Throws<TileFormatException>(() => MvtDecoder.Read(tile.AsSpan(0, length)));
        Assert.Empty(MvtDecoder.Read([]));
    }

    [Fact]
    public void Tile_with_any_byte_changed_is_read_or_refused()
    {
        var random = new Random(3);
        var refused = 0;
        for (var turn = 0; turn < 5_000; turn++)
        {
            var tile = Tile();
            for (var change = random.Next(3); change >= 0; change--) tile[random.Next(tile.Length)] = (byte)random.Next(256);
            try
            {
                MvtDecoder.Read(tile);
            }
            catch (TileFormatException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 100, 4_900);
    }

    [Theory]
    [InlineData("1A05 0A0161 2800", "extent")] // an extent of 0
    [InlineData("1A07 0A0161 1205 1000", "cut off")] // a feature beyond the layer
    [InlineData("1A09 0A0161 12041202 0000", "refers")] // key and value that are not there
    [InlineData("1A08 0A0161 12031201 00", "pairs")] // a tag without a value
    [InlineData("1B", "kind")] // a group
    [InlineData("0001", "number")] // field 0
    [InlineData("1A80808080808080808080 01", "64 bits")]
    public void What_is_broken_is_said(string hex, string word)
    {
        var exception = Assert.Throws<TileFormatException>(() => MvtDecoder.Read(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal))));
        Assert.Contains(word, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_unknown_is_passed_over()
    {
        // A varint, eight bytes, four bytes and a text of fields 9 to 12 around a layer without anything.
        var layer = Assert.Single(MvtDecoder.Read(Convert.FromHexString("4801" + "510102030405060708" + "1A03" + "0A0161" + "5D01020304" + "62026869")));
        Assert.Equal(("a", 4096), (layer.Name, layer.Extent));
    }

    private static byte[] Tile()
    {
        using var encoder = new MvtEncoder(new TileGrid(TileAddress.Create(0, 0, 0), 4096, 64), Columns);
        Assert.True(encoder.BeginFeature(Ewkb.Point(0, 0), 7));
        encoder.Add(0, "é"u8);
        encoder.Add(1, -5L);
        encoder.Add(2, 0.5);
        encoder.Add(3, true);
        encoder.EndFeature();
        Assert.True(encoder.BeginFeature(Ewkb.Line(0, 0, 10, 20)));
        encoder.Add(1, 9007199254740993L);
        encoder.EndFeature();
        Assert.True(encoder.BeginFeature(Ewkb.Rectangle(-10, -10, 10, 10)));
        encoder.EndFeature();
        var output = new ArrayBufferWriter<byte>();
        encoder.WriteTo(output);
        return output.WrittenSpan.ToArray();
    }

    private static IEnumerable<string> Properties(DecodedLayer layer, int feature) =>
        layer.Features[feature].Tags.Select(tag => FormattableString.Invariant($"{layer.Keys[tag.Key]}={layer.Values[tag.Value]}"));
}
