using System.Buffers;
using System.Text;
using CartoPlatform.Tiles.CartoTiles;
using CartoPlatform.Tiles.Mvt;
using CartoPlatform.Tiles.Snapshots;
using CartoPlatform.Tiles.Tests.Geometry;
using CartoPlatform.Tiles.Thinning;

namespace CartoPlatform.Tiles.Tests.Snapshots;

/// <summary>A tile out of a snapshot is, byte for byte, the tile of all rows of the table.</summary>
public sealed class PointSnapshotTests
{
    private const int CellBits = 6;

    private static readonly SnapshotValueKind[] Kinds =
        [SnapshotValueKind.Integer, SnapshotValueKind.Text, SnapshotValueKind.Text, SnapshotValueKind.Double, SnapshotValueKind.Single, SnapshotValueKind.Boolean, SnapshotValueKind.Integer];

    private static readonly TileColumn[] Columns =
    [
        new("id", TileColumnKind.Number), new("name", TileColumnKind.Text), new("kind", TileColumnKind.Text), new("double", TileColumnKind.Number),
        new("single", TileColumnKind.Number), new("flag", TileColumnKind.Text), new("large", TileColumnKind.Number),
    ];

    [Theory]
    [InlineData(4326, 1)]
    [InlineData(3857, 2)]
    public void Tiles_of_random_rows_are_those_of_all_rows(int srid, int seed)
    {
        var random = new Random(seed);
        var rows = Enumerable.Range(0, 5_000).Select(id => Row.Create(id, srid, random)).ToArray();
        var snapshot = Take(rows);
        Assert.Equal(rows.Count(row => double.IsFinite(row.X) && double.IsFinite(row.Y)), snapshot.Count);
        for (var turn = 0; turn < 40; turn++)
        {
            var tile = RandomTile(rows, srid, random);
            Assert.Equal(Encode(tile, rows.Push), Encode(tile, target => snapshot.PushInto(snapshot.Find(tile), inOrder: true, target, () => true)));
            Assert.Equal(Thin(tile, rows.Push), Thin(tile, target => snapshot.PushInto(snapshot.Find(tile), inOrder: false, target, () => true)));
        }
    }

    [Fact]
    public void Every_row_is_looked_at_in_one_tile_of_a_zoom()
    {
        var rows = Enumerable.Range(0, 1_000).Select(id => Row.Create(id, 4326, new Random(id))).ToArray();
        var snapshot = Take(rows);
        var tiles = Enumerable.Range(0, 16).SelectMany(x => Enumerable.Range(0, 16).Select(y => snapshot.Find(TileAddress.Create(4, x, y)))).ToArray();

        Assert.Equal(snapshot.Count, tiles.Sum(range => range.Count));
        Assert.Equal(snapshot.Count, snapshot.Find(TileAddress.Create(0, 0, 0)).Count);
    }

    [Fact]
    public void Rows_for_which_there_is_no_room_are_counted()
    {
        var snapshot = Take([.. Enumerable.Range(0, 10).Select(id => new Row(id, 4326, id, 0, new Random(1)))]);
        var (world, pushed) = (TileAddress.Create(0, 0, 0), 0);
        using var encoder = new MvtEncoder(new TileGrid(world), Columns);

        Assert.Equal(4, snapshot.PushInto(snapshot.Find(world), inOrder: true, encoder, () => pushed++ < 6));
        Assert.Equal(6, encoder.FeatureCount);
    }

    [Fact]
    public void Empty_table_is_a_snapshot_without_rows()
    {
        using var builder = new PointSnapshotBuilder(Kinds);
        var snapshot = (PointSnapshot)builder.Build();

        Assert.Equal(0, snapshot.Count);
        Assert.Equal(0, snapshot.Find(TileAddress.Create(0, 0, 0)).Count);
        Assert.Equal(0, snapshot.Find(TileAddress.Create(22, 5, 5)).Count);
    }

    [Theory]
    [InlineData("line")]
    [InlineData("other system")]
    [InlineData("no system")]
    [InlineData("garbage")]
    public void Row_that_is_no_point_of_the_same_system_ends_it(string what)
    {
        using var builder = new PointSnapshotBuilder([]);
        Assert.True(builder.BeginFeature(Ewkb.Point(1, 2, 4326)));
        builder.EndFeature();

        Assert.False(builder.BeginFeature(what switch
        {
            "line" => Ewkb.Line(0, 0, 1, 1),
            "other system" => Ewkb.Point(1, 2, 3857),
            "no system" => new Ewkb().Header(1).Coordinates(1, 2).ToArray(),
            _ => new byte[25],
        }));
        Assert.False(builder.CanHold);
        Assert.Throws<InvalidOperationException>(builder.Build);
    }

    [Fact]
    public void Rows_take_little_memory()
    {
        var snapshot = Take([.. Enumerable.Range(0, 100_000).Select(id => new Row(id, 4326, id % 360 - 180, id % 170 - 85, new Random(id)))]);

        Assert.InRange(snapshot.Bytes / snapshot.Count, 1, 80);
    }

    private static PointSnapshot Take(IReadOnlyList<Row> rows)
    {
        using var builder = new PointSnapshotBuilder(Kinds);
        rows.Push(builder);
        Assert.True(builder.CanHold);
        return (PointSnapshot)builder.Build();
    }

    private static byte[] Encode(TileAddress tile, Action<ITileFeatures> push)
    {
        var grid = new TileGrid(tile, 512);
        using var mvt = new MvtEncoder(grid, Columns);
        using var binary = new CartoVectorTileEncoder(grid, Columns);
        return [.. Write(mvt, push), .. Write(binary, push)];
    }

    private static byte[] Thin(TileAddress tile, Action<ITileFeatures> push)
    {
        var grid = new TileGrid(tile, 512);
        using var thinner = new PointThinner(grid, CellBits, new ThinningBudget(100_000, 10_000_000));
        push(thinner);
        TileColumn[] columns = [.. Columns, new TileColumn("density", TileColumnKind.Number)];
        using var encoder = new MvtEncoder(grid, columns);
        thinner.WriteTo(encoder, columns);
        return Write(encoder, _ => { });
    }

    private static byte[] Write(ITileEncoder encoder, Action<ITileFeatures> push)
    {
        push(encoder);
        var output = new ArrayBufferWriter<byte>();
        encoder.WriteTo(output);
        return output.WrittenSpan.ToArray();
    }

    // Around a row mostly, at any zoom; the corners of the world too.
    private static TileAddress RandomTile(Row[] rows, int srid, Random random)
    {
        var zoom = random.Next(23);
        if (random.Next(5) == 0) return TileAddress.Create(zoom, random.Next(2) * ((1 << zoom) - 1), random.Next(2) * ((1 << zoom) - 1));
        var row = rows[random.Next(rows.Length)];
        var (x, y) = srid == 3857 ? (row.X / 2 / WebMercator.HalfWorldMeters + 0.5, 0.5 - row.Y / 2 / WebMercator.HalfWorldMeters) : (WebMercator.WorldX(row.X), WebMercator.WorldY(row.Y));
        int At(double world) => double.IsFinite(world) ? (int)Math.Clamp(Math.Floor(world * (1 << zoom)), 0, (1 << zoom) - 1) : 0;
        return TileAddress.Create(zoom, At(x), At(y));
    }
}

internal static class RowPushing
{
    public static void Push(this IReadOnlyList<Row> rows, ITileFeatures target)
    {
        foreach (var row in rows) row.Push(target);
    }
}

/// <summary>A row with values or without.</summary>
internal sealed class Row
{
    private readonly int _id;
    private readonly int _srid;
    private readonly int _seed;

    public Row(int id, int srid, double x, double y, Random random) => (_id, _srid, X, Y, _seed) = (id, srid, x, y, random.Next());

    public double X { get; }

    public double Y { get; }

    // Many around one place, some on the edges of the world and of tiles, beyond them, and nowhere.
    public static Row Create(int id, int srid, Random random)
    {
        var (halfWidth, halfHeight) = srid == 3857 ? (WebMercator.HalfWorldMeters, WebMercator.HalfWorldMeters) : (180.0, 90.0);
        var x = random.Next(10) switch
        {
            0 => halfWidth * (random.Next(5) - 2),
            1 => halfWidth * (random.Next(-64, 65) / 64.0),
            2 => random.Next(50) == 0 ? double.NaN : -halfWidth,
            < 6 => halfWidth * (0.1 + random.NextDouble() * 0.01),
            _ => halfWidth * (random.NextDouble() * 2 - 1),
        };
        var y = random.Next(10) switch
        {
            0 => halfHeight * (random.Next(5) - 2),
            1 => random.Next(50) == 0 ? double.NegativeInfinity : 0,
            < 6 => halfHeight * (0.1 + random.NextDouble() * 0.01),
            _ => halfHeight * (random.NextDouble() * 2 - 1),
        };
        return new Row(id, srid, x, y, random);
    }

    public void Push(ITileFeatures target)
    {
        if (!target.BeginFeature(Ewkb.Point(X, Y, _srid))) return;
        var random = new Random(_seed);
        if (random.Next(9) > 0) target.Add(0, (long)_id);
        if (random.Next(9) > 0) target.Add(1, Encoding.UTF8.GetBytes($"name {(random.Next(5) == 0 ? "" : _id)}"));
        if (random.Next(9) > 0) target.Add(2, Encoding.UTF8.GetBytes($"kind {_id % 7}"));
        if (random.Next(9) > 0) target.Add(3, _id * 0.37);
        if (random.Next(9) > 0) target.Add(4, _id * 0.5f);
        if (random.Next(9) > 0) target.Add(5, _id % 3 == 0);
        if (random.Next(9) > 0) target.Add(6, _id % 2 == 0 ? long.MinValue + _id : _id);
        target.EndFeature();
    }
}
