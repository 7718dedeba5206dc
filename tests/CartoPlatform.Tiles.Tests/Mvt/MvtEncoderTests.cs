using System.Buffers;
using CartoPlatform.Tiles.Geometry;
using CartoPlatform.Tiles.Mvt;
using CartoPlatform.Tiles.Tests.Decoding;
using CartoPlatform.Tiles.Tests.Geometry;

namespace CartoPlatform.Tiles.Tests.Mvt;

public sealed class MvtEncoderTests : IDisposable
{
    private static readonly TileGrid World = new(TileAddress.Create(0, 0, 0));
    private static readonly TileColumn[] Columns = [new("n", TileColumnKind.Text), new("v", TileColumnKind.Number), new("unused", TileColumnKind.Text)];

    private readonly MvtEncoder _encoder = new(World, Columns);

    public void Dispose() => _encoder.Dispose();

    [Fact]
    public void Tile_has_the_bytes_of_the_specification()
    {
        Assert.True(_encoder.BeginFeature(Ewkb.Point(0, 0), id: 1));
        _encoder.Add(0, "a"u8);
        _encoder.Add(1, 7L);
        _encoder.EndFeature();
        const string layer = "0a0764656661756c74" // name: default
            + "1211" + "0801" + "120400000101" + "1801" + "220509802080" + "20" // id 1, tags, POINT, MoveTo(2048, 2048)
            + "1a016e" + "1a0176" + "22030a0161" + "22022807" + "288020" + "7802"; // n, v, "a", 7 as uint, extent, version
        Assert.Equal("1a30" + layer, Convert.ToHexStringLower(Write(_encoder)));
    }

    [Fact]
    public void Length_is_what_is_written()
    {
        Assert.Equal(0, _encoder.Length);
        for (var i = 1; i < 1000; i++)
        {
            _encoder.BeginFeature(Ewkb.Line(0, 0, i, i), (ulong)i << 20);
            _encoder.Add(1, i * 0.5);
            _encoder.EndFeature();
            Assert.Equal(_encoder.Length, Write(_encoder).Length);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(700)]
    [InlineData(int.MaxValue)]
    public void What_is_expected_makes_no_difference(int rows)
    {
        using var other = new MvtEncoder(World, Columns);
        other.Expect(rows);
        foreach (var encoder in (MvtEncoder[])[_encoder, other])
        {
            for (var i = 0; i < 700; i++)
            {
                encoder.BeginFeature(Ewkb.Point(i % 90, i % 80));
                encoder.Add(0, System.Text.Encoding.UTF8.GetBytes($"name {i / 2}"));
                encoder.Add(1, i * 0.5);
                encoder.EndFeature();
            }
        }

        Assert.Equal(Write(_encoder), Write(other));
    }

    [Fact]
    public void Tile_without_features_has_no_bytes()
    {
        Assert.False(_encoder.BeginFeature([]));
        Assert.False(_encoder.BeginFeature(Ewkb.Point(double.NaN, double.NaN)));
        Assert.Equal(0, _encoder.FeatureCount);
        Assert.Empty(Write(_encoder));
    }

    [Fact]
    public void Values_keep_their_types()
    {
        TileColumn[] columns = [.. "abcdefghi".Select(name => new TileColumn($"{name}", TileColumnKind.Text))];
        _encoder.Reset(World, columns);
        _encoder.BeginFeature(Ewkb.Point(0, 0));
        _encoder.Add(0, "Curaçao 🏝"u8);
        _encoder.Add(1, long.MaxValue);
        _encoder.Add(2, long.MinValue);
        _encoder.Add(3, 1.5);
        _encoder.Add(4, 1.5f);
        _encoder.Add(5, true);
        _encoder.Add(6, false);
        _encoder.Add(7, ""u8);
        _encoder.Add(8, double.NaN);
        _encoder.EndFeature();
        var properties = Decode(_encoder).Features[0].Properties;
        object[] expected = ["Curaçao 🏝", (ulong)long.MaxValue, long.MinValue, 1.5, 1.5f, true, false, "", double.NaN];
        Assert.Equal(expected, columns.Select(column => properties[column.Name]));
    }

    [Fact]
    public void Equal_values_and_used_keys_are_stored_once()
    {
        for (var i = 0; i < 5000; i++)
        {
            _encoder.BeginFeature(Ewkb.Point(i % 100, 0));
            if (i > 0) _encoder.Add(0, (i % 2 == 0 ? "even"u8 : "odd"u8));
            _encoder.Add(1, (long)(i % 1000));
            _encoder.EndFeature();
        }

        var layer = Decode(_encoder);
        Assert.Equal(["v", "n"], layer.Keys);
        Assert.Equal(1002, layer.Values.Count);
        Assert.Equal(5000, layer.Features.Count);
        Assert.All(layer.Features.Select((feature, index) => (feature, index)), row =>
        {
            Assert.Equal((ulong)row.index % 1000, row.feature.Properties["v"]);
            Assert.Equal(row.index > 0, row.feature.Properties.ContainsKey("n"));
        });
    }

    [Fact]
    public void Parts_of_a_collection_become_features_with_the_same_id_and_attributes()
    {
        var collection = new Ewkb().Header(7, 4326).Count(3)
            .Part(Ewkb.Rectangle(0, 0, 10, 10)).Part(Ewkb.Line(0, 0, 20, 0)).Part(Ewkb.Point(5, 5)).ToArray();
        _encoder.BeginFeature(collection, id: 9);
        _encoder.Add(0, "x"u8);
        _encoder.EndFeature();
        var features = Decode(_encoder).Features;
        Assert.Equal([1, 2, 3], features.Select(feature => feature.Type));
        Assert.All(features, feature => Assert.Equal((9ul, "x"), (feature.Id!.Value, feature.Properties["n"])));
        Assert.Equal(1, _encoder.FeatureCount);
    }

    [Fact]
    public void Multi_geometries_stay_one_feature()
    {
        var multi = new Ewkb().Header(4, 4326).Count(3)
            .Part(Ewkb.Point(0, 0)).Part(Ewkb.Point(10, 0)).Part(Ewkb.Point(-10, 0)).ToArray();
        _encoder.BeginFeature(multi);
        _encoder.EndFeature();
        var feature = Assert.Single(Decode(_encoder).Features);
        Assert.Equal([(2048, 2048), (2162, 2048), (1934, 2048)], feature.Parts.Select(part => part[0]));
        Assert.Null(feature.Id);
    }

    [Fact]
    public void Polygon_runs_clockwise_on_screen_and_its_hole_against_it()
    {
        double[] Square(double size) => [-size, -size, size, -size, size, size, -size, size, -size, -size];
        _encoder.BeginFeature(Ewkb.Polygon(Square(45), Square(20)));
        _encoder.EndFeature();
        var parts = Assert.Single(Decode(_encoder).Features).Parts;
        Assert.Equal([true, false], parts.Select(ring => Area(ring) > 0));
    }

    [Fact]
    public void Row_that_fails_leaves_the_tile_as_it_was()
    {
        AddPoint();
        var before = Write(_encoder);
        var broken = new Ewkb().Header(7, 4326).Count(2).Part(Ewkb.Point(1, 1)).Part(new Ewkb().Header(99).ToArray()).ToArray();
        Assert.Throws<WkbException>(() => _encoder.BeginFeature(broken));
        Assert.Equal(before, Write(_encoder));
        AddPoint();
        Assert.Equal(2, Decode(_encoder).Features.Count);
    }

    [Fact]
    public void Reset_starts_another_tile()
    {
        AddPoint();
        var first = Write(_encoder);
        _encoder.Reset(World, Columns);
        Assert.Empty(Write(_encoder));
        AddPoint();
        Assert.Equal(first, Write(_encoder));
    }

    [Fact]
    public void Calls_out_of_order_are_refused()
    {
        Assert.Throws<InvalidOperationException>(() => _encoder.Add(0, 1L));
        Assert.Throws<InvalidOperationException>(_encoder.EndFeature);
        _encoder.BeginFeature(Ewkb.Point(0, 0));
        _encoder.Add(1, 1L);
        Assert.Throws<InvalidOperationException>(() => _encoder.Add(1, 1L));
        Assert.Throws<InvalidOperationException>(() => _encoder.Add(0, 1L));
        Assert.Throws<ArgumentOutOfRangeException>(() => _encoder.Add(3, 1L));
        Assert.Throws<InvalidOperationException>(() => _encoder.BeginFeature(Ewkb.Point(0, 0)));
        _encoder.EndFeature();
    }

    [Fact]
    public void Columns_of_the_same_name_are_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => _encoder.Reset(World, [Columns[0], Columns[0]]));
        Assert.Contains("\"n\"", error.Message, StringComparison.Ordinal);
    }

    private static long Area((int X, int Y)[] ring) =>
        ring.Select((point, i) => (point, next: ring[(i + 1) % ring.Length]))
            .Sum(edge => (long)edge.point.X * edge.next.Y - (long)edge.next.X * edge.point.Y);

    private void AddPoint()
    {
        _encoder.BeginFeature(Ewkb.Point(1, 1), id: 3);
        _encoder.Add(0, "a"u8);
        _encoder.EndFeature();
    }

    private static byte[] Write(MvtEncoder encoder)
    {
        var output = new ArrayBufferWriter<byte>();
        encoder.WriteTo(output);
        return output.WrittenSpan.ToArray();
    }

    private static MvtLayer Decode(MvtEncoder encoder)
    {
        var layer = Assert.Single(MvtReader.Read(Write(encoder)));
        Assert.Equal(("default", 4096, 2), (layer.Name, layer.Extent, layer.Version));
        return layer;
    }
}
