using System.Buffers;
using CartoPlatform.Tiles.CartoTiles;
using CartoPlatform.Tiles.Geometry;
using CartoPlatform.Tiles.Tests.Decoding;
using CartoPlatform.Tiles.Tests.Geometry;

namespace CartoPlatform.Tiles.Tests.CartoTiles;

public sealed class CartoVectorTileEncoderTests : IDisposable
{
    private static readonly TileGrid World = new(TileAddress.Create(0, 0, 0), extent: 512);
    private static readonly TileColumn[] Columns = [new("n", TileColumnKind.Text), new("v", TileColumnKind.Number)];

    private readonly CartoVectorTileEncoder _encoder = new(World, Columns);

    public void Dispose() => _encoder.Dispose();

    // Made with the client library's own schema; read back by its parser.
    [Fact]
    public void Tile_has_the_bytes_of_the_contract()
    {
        Assert.True(_encoder.BeginFeature(Ewkb.Point(1, 2), id: 1));
        _encoder.Add(0, "a"u8);
        _encoder.Add(1, 7L);
        _encoder.EndFeature();
        const string golden = "0a430a140a10000000000000f03f0000000000000040100212050a010010011a050a0100100122080a060a016e1201612a0f0a0176120a"
            + "0a080000000000001c403202080112130a02100212050a010010011a021001220210011a1a0a02100212050a010010011a021001220210012a050a01001001";
        Assert.Equal(golden, Convert.ToHexStringLower(Write()));
    }

    [Fact]
    public void Empty_tile_has_all_its_groups()
    {
        var (points, lines, polygons) = CartoTileReader.Read(Write());
        Assert.All(new[] { points, lines, polygons }, group => Assert.Empty(group.Positions));
        Assert.Equal([0u], lines.PathIndices);
        Assert.Equal([0u], polygons.PathIndices);
        Assert.Equal([0u], polygons.RingIndices);
    }

    [Fact]
    public void Polygons_have_closed_rings_and_an_id_for_each_vertex()
    {
        double[] Square(double x, double size) => [x, 0, x + size, 0, x + size, size, x, size, x, 0];
        AddRow(Ewkb.Rectangle(-90, 0, -45, 45), 5, "first", 1.5);
        AddRow(new Ewkb().Header(6, 4326).Count(2)
            .Part(Ewkb.Polygon(Square(0, 45), [11.25, 11.25, 22.5, 11.25, 22.5, 22.5, 11.25, 11.25]))
            .Part(Ewkb.Polygon(Square(90, 45))).ToArray(), null, "second", null);
        var polygons = CartoTileReader.Read(Write()).Polygons;
        Assert.Equal([0u, 5, 14, 19], polygons.PathIndices);
        Assert.Equal([0u, 5, 10, 14, 19], polygons.RingIndices);
        Assert.Equal([.. Enumerable.Repeat(0u, 5), .. Enumerable.Repeat(1u, 14)], polygons.FeatureIds);
        Assert.Equal(polygons.FeatureIds, polygons.GlobalFeatureIds);
        Assert.Equal(["first", "second"], polygons.Properties.Select(properties => properties["n"]));
        Assert.Equal([.. Enumerable.Repeat(1.5, 5), .. Enumerable.Repeat(double.NaN, 14)], polygons.NumericProps["v"]);
        Assert.Equal([5ul, 0ul], polygons.Ids);
        Assert.Equal(polygons.Positions[..2], polygons.Positions[8..10]);
        Assert.Equal((-90.0, -45.0), (polygons.Positions.Chunk(2).Min(place => place[0]), polygons.Positions.Chunk(2).Take(5).Max(place => place[0])));
    }

    [Fact]
    public void Parts_of_a_collection_share_their_place_in_the_tile()
    {
        AddRow(Ewkb.Point(0, 0), null, "point", 1);
        AddRow(new Ewkb().Header(7, 4326).Count(2).Part(Ewkb.Point(9, 9)).Part(Ewkb.Line(0, 0, 90, 0, 90, 45)).ToArray(), null, "both", 2);
        var (points, lines, _) = CartoTileReader.Read(Write());
        Assert.Equal([0u, 1], points.GlobalFeatureIds);
        Assert.Equal([1u, 1, 1], lines.GlobalFeatureIds);
        Assert.Equal([0u, 0, 0], lines.FeatureIds);
        Assert.Equal([0u, 3], lines.PathIndices);
        Assert.Equal("both", lines.Properties[0]["n"]);
        Assert.Empty(lines.Ids);
    }

    [Fact]
    public void Points_keep_their_place_and_stay_on_the_map()
    {
        AddRow(Ewkb.Point(12.3456789012345, -34.5678901234567), null, "a", 1);
        AddRow(Ewkb.Point(0, 90), null, "pole", 1);
        AddRow(Ewkb.Point(WebMercator.HalfWorldMeters / 2, 0, srid: 3857), null, "metres", 1);
        var points = CartoTileReader.Read(Write()).Points;
        Assert.Equal([12.3456789012345, -34.5678901234567, 0, WebMercator.MaxLatitude, 90, 0], points.Positions);
    }

    [Fact]
    public void Values_go_by_the_kind_of_their_column()
    {
        TileColumn[] columns =
        [
            new("t1", TileColumnKind.Text), new("t2", TileColumnKind.Text), new("t3", TileColumnKind.Text), new("t4", TileColumnKind.Text),
            new("n1", TileColumnKind.Number), new("n2", TileColumnKind.Number), new("n3", TileColumnKind.Number),
        ];
        _encoder.Reset(World, columns);
        _encoder.BeginFeature(Ewkb.Point(0, 0));
        _encoder.Add(0, long.MinValue);
        _encoder.Add(1, double.MinValue);
        _encoder.Add(2, true);
        _encoder.Add(3, 1.5f);
        _encoder.Add(4, false);
        _encoder.Add(5, 2.5f);
        Assert.Throws<ArgumentException>(() => _encoder.Add(6, "no number"u8));
        _encoder.EndFeature();
        var points = CartoTileReader.Read(Write()).Points;
        Assert.Equal(["-9223372036854775808", "-1.7976931348623157E+308", "true", "1.5"], columns.Take(4).Select(column => points.Properties[0][column.Name]));
        Assert.Equal([0, 2.5, double.NaN], columns.Skip(4).Select(column => points.NumericProps[column.Name][0]));
    }

    [Fact]
    public void Ids_that_a_double_cannot_hold_are_left_out()
    {
        AddRow(Ewkb.Point(0, 0), 1ul << 53, "exact", 1);
        AddRow(Ewkb.Point(0, 0), (1ul << 53) + 1, "not", 1);
        Assert.Equal([1ul << 53, 0], CartoTileReader.Read(Write()).Points.Ids);
    }

    [Fact]
    public void Length_is_what_is_written()
    {
        for (var i = 1; i < 600; i++)
        {
            var ewkb = (i % 3) switch { 0 => Ewkb.Point(i % 90, 1), 1 => Ewkb.Line(0, 0, i % 90, i % 80, 100, 3), _ => Ewkb.Rectangle(0, 0, i % 90 + 1, 40) };
            AddRow(ewkb, i % 2 == 0 ? (ulong)i << 30 : null, new string('x', i), i);
            if (i % 7 == 0) Assert.Equal(_encoder.Length, Write().Length);
        }

        Assert.Equal(599, _encoder.FeatureCount);
    }

    [Fact]
    public void Row_that_fails_leaves_the_tile_as_it_was()
    {
        AddRow(Ewkb.Point(1, 1), 1, "a", 1);
        var before = Write();
        Assert.Throws<WkbException>(() => _encoder.BeginFeature(Ewkb.Point(1, 1).AsSpan(0, 20)));
        Assert.Equal(before, Write());
    }

    [Fact]
    public void Reset_starts_another_tile()
    {
        AddRow(Ewkb.Rectangle(0, 0, 9, 9), 1, "a", 1);
        var first = Write();
        _encoder.Reset(World, Columns);
        AddRow(Ewkb.Rectangle(0, 0, 9, 9), 1, "a", 1);
        Assert.Equal(first, Write());
    }

    private void AddRow(byte[] ewkb, ulong? id, string name, double? value)
    {
        Assert.True(_encoder.BeginFeature(ewkb, id));
        _encoder.Add(0, System.Text.Encoding.UTF8.GetBytes(name));
        if (value is { } number) _encoder.Add(1, number);
        _encoder.EndFeature();
    }

    private byte[] Write()
    {
        var output = new ArrayBufferWriter<byte>();
        _encoder.WriteTo(output);
        return output.WrittenSpan.ToArray();
    }
}
