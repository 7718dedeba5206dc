using System.Buffers;
using System.Text;
using CartoPlatform.Tiles.CartoTiles;
using CartoPlatform.Tiles.Cells;
using CartoPlatform.Tiles.Tests.Decoding;

namespace CartoPlatform.Tiles.Tests.CartoTiles;

public sealed class SpatialTileEncoderTests
{
    private const long H3 = 613493176260362239; // 88390cb1b1fffff
    private static readonly TileColumn[] Columns = [new("name", TileColumnKind.Text), new("pop_sum", TileColumnKind.Number)];

    // Contract, section 4.5.
    [Fact]
    public void Quadbin_tile_has_the_bytes_of_the_contract()
    {
        using var encoder = new SpatialTileEncoder(CellScheme.Quadbin, [Columns[1]]);
        encoder.BeginCell(5234261499580514303);
        encoder.Add(0, 12L);
        encoder.EndCell();
        const string golden = "080112250a0a0a08ffffffff19d5a34812001a150a07706f705f73756d120a0a080000000000002840";
        Assert.Equal(golden, Hex(encoder));
    }

    [Fact]
    public void H3_tile_has_the_bytes_of_the_contract()
    {
        using var encoder = new SpatialTileEncoder(CellScheme.H3, Columns);
        encoder.BeginCell(H3);
        encoder.Add(0, "x"u8);
        encoder.Add(1, 12.0);
        encoder.EndCell();
        Assert.Equal("080012300a0a0a08ffff1f1bcb908308120b0a090a046e616d651201781a150a07706f705f73756d120a0a080000000000002840", Hex(encoder));
    }

    [Fact]
    public void Cells_keep_their_properties_by_position()
    {
        using var encoder = new SpatialTileEncoder(CellScheme.H3, Columns);
        Add(encoder, 1, null, 1.5);
        Add(encoder, 2, "second", null);
        Add(encoder, -3, null, null);
        Assert.Equal(3, encoder.CellCount);
        var cells = SpatialTileReader.Read(Write(encoder));
        Assert.Equal([1, 2, -3], cells.Select(cell => cell.Cell));
        Assert.Equal([1.5, double.NaN, double.NaN], cells.Select(cell => (double)cell.Properties["pop_sum"]));
        Assert.Equal([false, true, false], cells.Select(cell => cell.Properties.ContainsKey("name")));
        Assert.Equal("second", cells[1].Properties["name"]);
    }

    [Fact]
    public void Json_has_cells_in_hexadecimal_and_numbers_as_numbers()
    {
        using var encoder = new SpatialJsonEncoder(Columns);
        Add(encoder, H3, "\"Ñ\"\n", 1e21);
        Add(encoder, 5234261499580514303, null, double.NaN);
        var text = Encoding.UTF8.GetString(Write(encoder));
        Assert.Equal("""[{"id":"88390cb1b1fffff","properties":{"name":"\"Ñ\"\n","pop_sum":1E+21}},{"id":"48a3d519ffffffff","properties":{"pop_sum":null}}]""", text);
    }

    private static void Add(ICellEncoder encoder, long cell, string? name, double? number)
    {
        encoder.BeginCell(cell);
        if (name is not null) encoder.Add(0, Encoding.UTF8.GetBytes(name));
        if (number is { } value) encoder.Add(1, value);
        encoder.EndCell();
    }

    private static string Hex(ICellEncoder encoder) => Convert.ToHexStringLower(Write(encoder));

    private static byte[] Write(ICellEncoder encoder)
    {
        var length = encoder.Length;
        var output = new ArrayBufferWriter<byte>();
        encoder.WriteTo(output);
        Assert.Equal(length, output.WrittenCount);
        return output.WrittenSpan.ToArray();
    }
}
