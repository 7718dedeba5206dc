using System.Buffers;
using CartoPlatform.Tiles.Mvt;
using CartoPlatform.Tiles.Tests.Geometry;
using CartoPlatform.Tiles.Thinning;

namespace CartoPlatform.Tiles.Tests.Thinning;

/// <summary>What an overview says of a tile is what reading all rows of the tile says.</summary>
public sealed class PointOverviewTests
{
    private const int CellBits = 6;

    private static readonly TileColumn[] Columns = [new("id", TileColumnKind.Number), new("density", TileColumnKind.Number)];

    [Theory]
    [InlineData(0, 4326)]
    [InlineData(2, 4326)]
    [InlineData(3, 3857)]
    public void Tiles_are_those_of_all_rows(int zoom, int srid)
    {
        var points = Points(6_000, srid);
        var overview = Overview(points, level: 9, maxCells: 100_000);
        Assert.Equal(9, overview.Level);
        Assert.Equal(points.Length, overview.Rows);
        foreach (var tile in Tiles(zoom)) Assert.Equal(Whole(points, tile), FromOverview(overview, points, tile));
    }

    [Fact]
    public void Too_many_cells_become_coarser_and_lose_no_row()
    {
        var points = Points(6_000, 4326);
        var overview = Overview(points, level: 14, maxCells: 2_000);
        Assert.InRange(overview.Level, CellBits, 13);
        Assert.InRange(overview.Bytes, 1, 2_000 * 28);
        foreach (var tile in Tiles(overview.Level - CellBits)) Assert.Equal(Whole(points, tile), FromOverview(overview, points, tile));
        Assert.False(overview.Covers(TileAddress.Create(overview.Level - CellBits + 1, 0, 0), CellBits));
        Assert.Throws<ArgumentOutOfRangeException>(() => overview.Cells(TileAddress.Create(overview.Level - CellBits + 1, 0, 0), CellBits));
    }

    [Fact]
    public void Rows_without_a_place_do_not_count_and_shapes_are_refused()
    {
        var builder = new PointOverviewBuilder(8, 100);
        Assert.True(builder.Add([], 1));
        Assert.True(builder.Add(Ewkb.Point(double.NaN, double.NaN), 2));
        Assert.True(builder.Add(Ewkb.Point(181, 0), 3));
        Assert.True(builder.Add([1, 2, 3], 4));
        Assert.True(builder.Add(Ewkb.Point(180, 90), 5));
        Assert.Equal(1, builder.Build().Rows);
        Assert.False(builder.Add(Ewkb.Line(0, 0, 1, 1), 6));
    }

    [Fact]
    public void Empty_table_has_an_overview_without_cells()
    {
        var overview = new PointOverviewBuilder(8, 100).Build();
        Assert.Empty(overview.Cells(TileAddress.Create(0, 0, 0), 8));
        Assert.Equal(0, overview.Bytes);
    }

    private static PointOverview Overview(byte[][] points, int level, int maxCells)
    {
        var builder = new PointOverviewBuilder(level, maxCells);
        for (var i = 0; i < points.Length; i++) Assert.True(builder.Add(points[i], i));
        return builder.Build();
    }

    private static byte[] Whole(byte[][] points, TileAddress tile)
    {
        using var thinner = Thinner(tile);
        for (var i = 0; i < points.Length; i++) Push(thinner, points[i], i);
        return Encode(thinner, tile);
    }

    private static byte[] FromOverview(PointOverview overview, byte[][] points, TileAddress tile)
    {
        using var thinner = Thinner(tile);
        var cells = overview.Cells(tile, CellBits);
        foreach (var cell in cells) thinner.SetCount(cell.Column, cell.Row, cell.Count);
        thinner.Weight = 0;
        foreach (var cell in cells.Reverse()) Push(thinner, points[cell.Address], cell.Address);
        return Encode(thinner, tile);
    }

    private static PointThinner Thinner(TileAddress tile) => new(new TileGrid(tile), CellBits, new ThinningBudget(100_000, 10_000_000));

    private static void Push(PointThinner thinner, byte[] point, long id)
    {
        if (!thinner.BeginFeature(point)) return;
        thinner.Add(0, id);
        thinner.EndFeature();
    }

    private static byte[] Encode(PointThinner thinner, TileAddress tile)
    {
        using var encoder = new MvtEncoder(new TileGrid(tile), Columns);
        thinner.WriteTo(encoder, Columns);
        var output = new ArrayBufferWriter<byte>();
        encoder.WriteTo(output);
        return output.WrittenSpan.ToArray();
    }

    private static IEnumerable<TileAddress> Tiles(int zoom) =>
        from x in Enumerable.Range(0, 1 << zoom)
        from y in Enumerable.Range(0, 1 << zoom)
        select TileAddress.Create(zoom, x, y);

    // In clusters, on lines between cells, and at the corners of the world.
    private static byte[][] Points(int count, int srid)
    {
        var random = new Random(5);
        var places = Enumerable.Range(0, count - 3).Select(i => (i % 3) switch
        {
            0 => (random.NextDouble() * 360 - 180, random.NextDouble() * 170 - 85),
            1 => (random.NextDouble() * 3 + 2, random.NextDouble() * 3 + 45),
            _ => ((i % 1024) * 360.0 / 1024 - 180, 0.0),
        }).Concat([(180.0, 0.0), (-180.0, 90.0), (0.0, -90.0)]);
        return [.. places.Select((place, i) => Point(place.Item1 + (i % 3 == 2 ? 0 : 1e-7 * i), place.Item2, srid))];
    }

    private static byte[] Point(double lon, double lat, int srid) => srid == 4326
        ? Ewkb.Point(Math.Min(lon, 180), lat)
        : Ewkb.Point(WebMercator.MetersX(WebMercator.WorldX(Math.Min(lon, 180))), WebMercator.MetersY(WebMercator.WorldY(lat)), srid);
}
