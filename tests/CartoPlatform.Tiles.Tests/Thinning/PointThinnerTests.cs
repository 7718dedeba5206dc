using System.Buffers;
using System.Text;
using CartoPlatform.Tiles.Mvt;
using CartoPlatform.Tiles.Tests.Decoding;
using CartoPlatform.Tiles.Tests.Geometry;
using CartoPlatform.Tiles.Thinning;

namespace CartoPlatform.Tiles.Tests.Thinning;

/// <summary>One point for each cell, whatever the order of the rows, and a count that loses none.</summary>
public sealed class PointThinnerTests
{
    private const int CellBits = 5;

    private static readonly TileColumn[] Columns = [new("id", TileColumnKind.Number), new("name", TileColumnKind.Text), new("density", TileColumnKind.Number)];

    private static readonly TileAddress World = TileAddress.Create(0, 0, 0);

    [Fact]
    public void Order_of_the_rows_does_not_matter()
    {
        var rows = Rows(5_000);
        var (expected, _) = Thin(rows, World);
        foreach (var seed in Enumerable.Range(1, 5))
            Assert.Equal(expected, Thin(Shuffled(rows, seed), World).Bytes);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Counts_of_all_tiles_of_a_zoom_are_the_rows(int zoom)
    {
        var rows = Rows(4_000);
        var sum = Tiles(zoom).Sum(tile => Features(Thin(rows, tile).Bytes).Sum(feature => (long)(ulong)feature.Properties["density"]));
        Assert.Equal(rows.Count, sum);
    }

    [Fact]
    public void Cell_has_one_feature_which_is_in_it_and_tells_how_many_are()
    {
        var rows = Rows(3_000);
        var features = Features(Thin(rows, World).Bytes);
        var expected = rows.GroupBy(row => CellOf(row.Lon, row.Lat)).ToDictionary(group => group.Key, group => (ulong)group.Count());
        Assert.Equal(expected.Count, features.Count);
        foreach (var feature in features)
        {
            var row = rows[(int)(ulong)feature.Properties["id"]];
            Assert.Equal(expected[CellOf(row.Lon, row.Lat)], feature.Properties["density"]);
            Assert.Equal($"n{feature.Properties["id"]}", feature.Properties["name"]);
        }
    }

    [Fact]
    public void What_stands_for_a_cell_stands_for_a_part_of_it_at_the_next_zoom()
    {
        var rows = Rows(3_000);
        var coarse = Features(Thin(rows, World).Bytes).Select(feature => (ulong)feature.Properties["id"]);
        var fine = Tiles(1).SelectMany(tile => Features(Thin(rows, tile).Bytes)).Select(feature => (ulong)feature.Properties["id"]).ToHashSet();
        Assert.All(coarse, id => Assert.Contains(id, fine));
    }

    [Fact]
    public void Rows_of_one_place_are_one_feature_the_same_in_any_order()
    {
        Row[] rows = [.. Enumerable.Range(0, 50).Select(i => new Row(i, 10, 10))];
        var (bytes, thinned) = Thin(rows, World);
        Assert.Equal(50UL, Assert.Single(Features(bytes)).Properties["density"]);
        Assert.Equal((49, 0), (thinned.Thinned, thinned.Dropped));
        Assert.Equal(bytes, Thin(rows.Reverse(), World).Bytes);
    }

    [Fact]
    public void Beyond_the_number_of_features_whole_cells_are_dropped_and_counted()
    {
        var rows = Rows(4_000);
        var budget = new ThinningBudget(100, 1_000_000);
        var (bytes, thinned) = Thin(rows, World, budget);
        var features = Features(bytes);
        Assert.Equal(100, features.Count);
        Assert.Equal(4_000, features.Sum(feature => (long)(ulong)feature.Properties["density"]) + thinned.Dropped);
        Assert.Equal(3_900, thinned.Thinned + thinned.Dropped);
        Assert.Equal(bytes, Thin(Shuffled(rows, 7), World, budget).Bytes);
        // Those that stay have the numbers that they would have without a budget.
        var whole = Features(Thin(rows, World).Bytes).ToDictionary(feature => feature.Properties["id"], feature => feature.Properties["density"]);
        Assert.All(features, feature => Assert.Equal(whole[feature.Properties["id"]], feature.Properties["density"]));
    }

    [Fact]
    public void Beyond_the_number_of_bytes_the_tile_ends_spread_over_its_area()
    {
        var rows = Rows(4_000);
        var budget = new ThinningBudget(1_000_000, 4_000);
        var (bytes, thinned) = Thin(rows, World, budget);
        var features = Features(bytes);
        Assert.InRange(bytes.Length, 3_000, 4_100);
        Assert.Equal(4_000, features.Sum(feature => (long)(ulong)feature.Properties["density"]) + thinned.Dropped);
        Assert.InRange(features.Count(feature => feature.Parts[0][0].X < 2048), features.Count / 3, 2 * features.Count / 3);
        Assert.Equal(bytes, Thin(Shuffled(rows, 3), World, budget).Bytes);
    }

    [Fact]
    public void Weight_is_how_many_rows_a_row_stands_for_and_scale_multiplies_it()
    {
        using var thinner = new PointThinner(new TileGrid(World), CellBits, new ThinningBudget(100, 10_000)) { Weight = 7 };
        thinner.BeginFeature(Ewkb.Point(1, 1));
        thinner.EndFeature();
        thinner.Weight = 3;
        // Of the two in the cell one row is taken; both count.
        if (thinner.BeginFeature(Ewkb.Point(2, 2))) thinner.EndFeature();
        using var encoder = new MvtEncoder(new TileGrid(World), Columns);
        thinner.WriteTo(encoder, Columns, scale: 2.5);
        Assert.Equal(25UL, Assert.Single(Features(Bytes(encoder))).Properties["density"]);
    }

    [Fact]
    public void Rows_of_several_points_stay_as_they_are()
    {
        var several = new Ewkb().Header(4, 4326).Count(2).Part(Bare(1, 1)).Part(Bare(-90, 40)).ToArray();
        var single = new Ewkb().Header(4, 4326).Count(1).Part(Bare(1.5, 1.5)).ToArray();
        byte[][] shapes = [several, single, Ewkb.Point(1, 1), several, Ewkb.Point(double.NaN, double.NaN)];
        var (bytes, thinned) = Thin(shapes);
        Assert.Equal([1UL, 1UL, 2UL], Features(bytes).Select(feature => (ulong)feature.Properties["density"]).Order());
        Assert.Equal((1, 0), (thinned.Thinned, thinned.Dropped));
        Assert.Equal(bytes, Thin(shapes.Reverse()).Bytes);

        static byte[] Bare(double x, double y) => new Ewkb().Header(1).Coordinates(x, y).ToArray();
    }

    [Fact]
    public void Many_rows_that_replace_each_other_take_no_more_room_than_the_budget()
    {
        // Every order of a few places, so that the first are replaced by the later again and again.
        using var thinner = new PointThinner(new TileGrid(World), CellBits, new ThinningBudget(64, 2_000));
        foreach (var row in Rows(50_000)) Push(thinner, row);
        Assert.InRange(thinner.RetainedBytes, 1, 20_000);
    }

    private static (byte[] Bytes, ThinnedTile Thinned) Thin(IEnumerable<Row> rows, TileAddress tile, ThinningBudget? budget = null)
    {
        using var thinner = new PointThinner(new TileGrid(tile), CellBits, budget ?? new ThinningBudget(1_000_000, 10_000_000));
        foreach (var row in rows) Push(thinner, row);
        using var encoder = new MvtEncoder(new TileGrid(tile), Columns);
        var thinned = thinner.WriteTo(encoder, Columns);
        return (Bytes(encoder), thinned);
    }

    private static (byte[] Bytes, ThinnedTile Thinned) Thin(IEnumerable<byte[]> shapes)
    {
        using var thinner = new PointThinner(new TileGrid(World), CellBits, new ThinningBudget(1_000, 10_000));
        foreach (var shape in shapes)
        {
            if (thinner.BeginFeature(shape)) thinner.EndFeature();
        }

        using var encoder = new MvtEncoder(new TileGrid(World), Columns);
        var thinned = thinner.WriteTo(encoder, Columns);
        return (Bytes(encoder), thinned);
    }

    private static void Push(PointThinner thinner, Row row)
    {
        if (!thinner.BeginFeature(Ewkb.Point(row.Lon, row.Lat))) return;
        thinner.Add(0, (long)row.Id);
        thinner.Add(1, Encoding.UTF8.GetBytes($"n{row.Id}"));
        thinner.EndFeature();
    }

    private static byte[] Bytes(MvtEncoder encoder)
    {
        var output = new ArrayBufferWriter<byte>();
        encoder.WriteTo(output);
        return output.WrittenSpan.ToArray();
    }

    private static IReadOnlyList<MvtFeature> Features(byte[] bytes) => bytes.Length == 0 ? [] : MvtReader.Read(bytes)[0].Features;

    // Three of four in one place, and the corners of the world.
    private static List<Row> Rows(int count)
    {
        var random = new Random(11);
        var rows = Enumerable.Range(0, count - 4).Select(i => i % 4 > 0
            ? new Row(i, 2 + random.NextDouble() * 20, 40 + random.NextDouble() * 12)
            : new Row(i, random.NextDouble() * 360 - 180, random.NextDouble() * 170 - 85)).ToList();
        foreach (var (lon, lat) in ((double, double)[])[(180, 0), (-180, 0), (0, 90), (180, -90)]) rows.Add(new Row(rows.Count, lon, lat));
        return rows;
    }

    private static Row[] Shuffled(IEnumerable<Row> rows, int seed)
    {
        Row[] shuffled = [.. rows];
        new Random(seed).Shuffle(shuffled);
        return shuffled;
    }

    private static IEnumerable<TileAddress> Tiles(int zoom) =>
        from x in Enumerable.Range(0, 1 << zoom)
        from y in Enumerable.Range(0, 1 << zoom)
        select TileAddress.Create(zoom, x, y);

    private static (int, int) CellOf(double lon, double lat) => (Index(WebMercator.WorldX(lon)), Index(WebMercator.WorldY(lat)));

    private static int Index(double fraction) => Math.Min((int)(fraction * (1 << CellBits)), (1 << CellBits) - 1);

    private sealed record Row(int Id, double Lon, double Lat);
}
