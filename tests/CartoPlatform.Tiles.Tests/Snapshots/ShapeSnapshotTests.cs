using System.Buffers;
using CartoPlatform.Tiles.CartoTiles;
using CartoPlatform.Tiles.Mvt;
using CartoPlatform.Tiles.Snapshots;
using CartoPlatform.Tiles.Tests.Geometry;

namespace CartoPlatform.Tiles.Tests.Snapshots;

/// <summary>A tile out of a snapshot is, byte for byte, the tile of all rows of the table.</summary>
public sealed class ShapeSnapshotTests
{
    private static readonly SnapshotValueKind[] Kinds = [SnapshotValueKind.Integer, SnapshotValueKind.Text];
    private static readonly TileColumn[] Columns = [new("id", TileColumnKind.Number), new("name", TileColumnKind.Text)];

    [Theory]
    [InlineData(4326, "lines", 1)]
    [InlineData(4326, "polygons", 2)]
    [InlineData(3857, "lines", 3)]
    [InlineData(3857, "polygons", 4)]
    public void Tiles_of_random_rows_are_those_of_all_rows(int srid, string what, int seed)
    {
        var random = new Random(seed);
        var rows = Enumerable.Range(0, 150).Select(_ => Shapes.Random(what == "polygons", srid, random)).ToArray();
        var snapshot = Take(rows);
        var drawn = 0;
        for (var turn = 0; turn < 80; turn++)
        {
            var grid = RandomGrid(random);
            var expected = Encode(grid, target => Push(rows, target));
            Assert.Equal(expected, Encode(grid, target => PushAll(snapshot, grid, srid, target)));
            drawn += expected.Length > 200 ? 1 : 0;
        }

        Assert.InRange(drawn, 30, 80);
    }

    [Fact]
    public void Rows_come_in_their_order_or_the_largest_first()
    {
        var snapshot = Take([Square(2), Square(4), Square(1), Square(4)]);
        Assert.Equal([0L, 1, 2, 3], Ids(snapshot, new ShapeFilter(World, null), most: 4, out var left));
        Assert.Equal(0, left);
        Assert.Equal([1L, 3, 0], Ids(snapshot, new ShapeFilter(World, null), most: 3, out left));
        Assert.Equal(1, left);
        Assert.Equal([1L, 3], Ids(snapshot, new ShapeFilter(World, LeastSize: 3.9), most: 4, out _));
    }

    [Fact]
    public void What_is_small_is_judged_where_it_lies()
    {
        // At 60 degrees north a degree of latitude takes as much room as two of longitude.
        var snapshot = Take([Ewkb.Line(0, 60, 0, 60.6), Ewkb.Line(0, 0, 0, 0.6), Ewkb.Line(0, 60, 0.6, 60)]);
        Assert.Equal([0L], Ids(snapshot, new ShapeFilter(World, LeastSize: 1), most: 9, out _));
    }

    [Fact]
    public void Rows_for_which_there_is_no_room_are_counted()
    {
        var snapshot = Take([Square(1), Square(2), Square(3)]);
        using var rows = snapshot.Find(new ShapeFilter(World, null));
        var pushed = 0;
        Assert.Equal(2, rows.PushInto(2, new Ignorant(), () => pushed++ < 1));
    }

    [Fact]
    public void Empty_shapes_and_nulls_are_left_out()
    {
        using var builder = new ShapeSnapshotBuilder([]);
        Assert.False(builder.BeginFeature([]));
        Assert.False(builder.BeginFeature(new Ewkb().Header(3, 4326).Count(0).ToArray()));
        Assert.False(builder.BeginFeature(new Ewkb().Header(6, 4326).Count(1).Part(new Ewkb().Header(3).Count(0).ToArray()).ToArray()));
        Assert.False(builder.BeginFeature(new Ewkb().Header(5, 4326).Count(0).ToArray()));
        Assert.True(builder.CanHold);
        Assert.Equal(0, builder.Build().Count);
    }

    [Theory]
    [InlineData("point")]
    [InlineData("collection")]
    [InlineData("curve")]
    [InlineData("other system")]
    [InlineData("no system")]
    [InlineData("not a number")]
    [InlineData("noise")]
    [InlineData("far")]
    [InlineData("mixed up")]
    public void Row_that_cannot_be_held_ends_it(string what)
    {
        using var builder = new ShapeSnapshotBuilder([]);
        Assert.True(builder.BeginFeature(Square(1)));
        builder.EndFeature();
        Assert.False(builder.BeginFeature(what switch
        {
            "point" => Ewkb.Point(1, 2),
            "collection" => new Ewkb().Header(7, 4326).Count(1).Part(Ewkb.Line(0, 0, 1, 1)).ToArray(),
            "curve" => new Ewkb().Header(8, 4326).Sequence(0, 0, 1, 1, 2, 0).ToArray(),
            "other system" => new Ewkb().Header(2, 3857).Sequence(0, 0, 1, 1).ToArray(),
            "no system" => new Ewkb().Header(2).Sequence(0, 0, 1, 1).ToArray(),
            "not a number" => Ewkb.Line(0, 0, double.NaN, 1),
            "noise" => Ewkb.Line(0, 0, 1e13, 1),
            "far" => Ewkb.Line(0, 0, 1e11, 1),
            _ => new Ewkb().Header(6, 4326).Count(1).Part(new Ewkb().Header(2).Sequence(0, 0, 1, 1).ToArray()).ToArray(),
        }));
        Assert.False(builder.CanHold);
        Assert.Throws<InvalidOperationException>(builder.Build);
    }

    [Fact]
    public void Height_and_measure_are_dropped()
    {
        byte[] flat = Ewkb.Line(0, 0, 10, 20, 30, 5), high = new Ewkb().Header(0x80000002, 4326).Count(3).Coordinates(0, 0, 7, 10, 20, 8, 30, 5, 9).ToArray();
        var both = new Ewkb().Header(0xC0000002, 4326).Count(3).Coordinates(0, 0, 7, 1, 10, 20, 8, 2, 30, 5, 9, 3).ToArray();
        var grid = new TileGrid(TileAddress.Create(0, 0, 0), 512, 8);
        var expected = Encode(grid, target => Push([flat], target));
        foreach (var row in (byte[][])[flat, high, both])
        {
            var snapshot = Take([row]);
            Assert.Equal(expected, Encode(grid, target => PushAll(snapshot, grid, 4326, target)));
        }
    }

    [Fact]
    public void Vertices_take_little_memory()
    {
        var random = new Random(5);
        var snapshot = Take([.. Enumerable.Range(0, 10_000).Select(_ => Ewkb.Line(Shapes.Walk(random, 100, random.NextDouble() * 300 - 150, random.NextDouble() * 100 - 50, 0.003)))]);
        Assert.InRange(snapshot.Bytes / (10_000 * 100.0), 1, 8.5);
    }

    private static Bounds World => new(-180, -90, 180, 90);

    private static byte[] Square(double side) => Ewkb.Rectangle(0, 0, side, side);

    private static ShapeSnapshot Take(byte[][] rows)
    {
        using var builder = new ShapeSnapshotBuilder(Kinds);
        Push(rows, builder);
        Assert.True(builder.CanHold);
        return (ShapeSnapshot)builder.Build();
    }

    private static void Push(byte[][] rows, ITileFeatures target)
    {
        for (var id = 0; id < rows.Length; id++)
        {
            if (!target.BeginFeature(rows[id])) continue;
            target.Add(0, (long)id);
            if (id % 3 > 0) target.Add(1, "some name"u8);
            target.EndFeature();
        }
    }

    // As the database finds them: a little more than the tile, and to the poles in the outermost rows.
    private static void PushAll(ShapeSnapshot snapshot, TileGrid grid, int srid, ITileFeatures target)
    {
        var margin = (double)grid.Buffer / grid.Extent + 1e-3;
        var box = grid.Address.MercatorBounds;
        box = new Bounds(box.West - box.Width * margin, box.South - box.Height * margin, box.East + box.Width * margin, box.North + box.Height * margin);
        if (srid == 4326)
        {
            box = new Bounds(
                WebMercator.Longitude(WebMercator.WorldXFromMeters(box.West)), grid.Address.Y == grid.Address.Span - 1 ? -90 : WebMercator.Latitude(WebMercator.WorldYFromMeters(box.South)),
                WebMercator.Longitude(WebMercator.WorldXFromMeters(box.East)), grid.Address.Y == 0 ? 90 : WebMercator.Latitude(WebMercator.WorldYFromMeters(box.North)));
        }

        using var rows = snapshot.Find(new ShapeFilter(box, null));
        rows.PushInto(int.MaxValue, target, () => true);
    }

    private static long[] Ids(ShapeSnapshot snapshot, ShapeFilter filter, int most, out long left)
    {
        var ids = new Ignorant();
        using var rows = snapshot.Find(filter);
        left = rows.PushInto(most, ids, () => true);
        return [.. ids.Seen];
    }

    private static byte[] Encode(TileGrid grid, Action<ITileFeatures> push)
    {
        using var mvt = new MvtEncoder(grid, Columns);
        using var binary = new CartoVectorTileEncoder(grid, Columns);
        var output = new ArrayBufferWriter<byte>();
        foreach (var encoder in (ITileEncoder[])[mvt, binary])
        {
            push(encoder);
            encoder.WriteTo(output);
        }

        return [.. output.WrittenSpan, .. BitConverter.GetBytes(mvt.RemovedVertices)];
    }

    // Where most rows are, mostly, at any zoom; the corners of the world too.
    private static TileGrid RandomGrid(Random random)
    {
        var zoom = random.Next(4) == 0 ? random.Next(23) : random.Next(9);
        int At(double world) => (int)(world * (1 << zoom));
        var address = random.Next(6) == 0
            ? TileAddress.Create(zoom, random.Next(2) * ((1 << zoom) - 1), random.Next(2) * ((1 << zoom) - 1))
            : TileAddress.Create(zoom, At(Math.Clamp(WebMercator.WorldX(Shapes.CenterX + random.NextDouble() * 4 - 2), 0, 0.999)), At(WebMercator.WorldY(Shapes.CenterY + random.NextDouble() * 4 - 2)));
        var extent = 256 << random.Next(5);
        return new TileGrid(address, extent, random.Next(3) == 0 ? 0 : extent / 64) { Simplify = random.Next(2) == 0 };
    }

    /// <summary>Takes the ids of rows and nothing else.</summary>
    private sealed class Ignorant : ITileFeatures
    {
        public List<long> Seen { get; } = [];

        public bool BeginFeature(ReadOnlySpan<byte> ewkb, ulong? id = null) => true;

        public bool BeginFeature(PackedShape shape) => true;

        public void Add(int column, long value) => Seen.Add(value);

        public void Add(int column, ReadOnlySpan<byte> utf8)
        {
        }

        public void Add(int column, double value)
        {
        }

        public void Add(int column, float value)
        {
        }

        public void Add(int column, bool value)
        {
        }

        public void EndFeature()
        {
        }
    }
}
