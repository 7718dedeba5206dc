using System.Buffers;
using CartoPlatform.Tiles.Mvt;
using CartoPlatform.Tiles.Tests.Geometry;
using CartoPlatform.Tiles.Thinning;

namespace CartoPlatform.Tiles.Tests.Thinning;

/// <summary>Grids that thinners use one after another, and at the same time.</summary>
public sealed class CleanGridTests
{
    private const int CellBits = 10;

    private static readonly TileColumn[] Columns = [new("density", TileColumnKind.Number)];
    private static readonly TileGrid World = new(TileAddress.Create(0, 0, 0));

    [Fact]
    public async Task Grid_has_one_user_at_a_time_and_is_clean()
    {
        var users = Enumerable.Range(1, 4).Select(mark => Task.Run(() =>
        {
            for (var turn = 0; turn < 2_000; turn++)
            {
                var grid = CleanGrids.Rent(1 << 10);
                Assert.Equal(-1, grid.AsSpan().IndexOfAnyExcept(0));
                Array.Fill(grid, mark);
                Assert.Equal(-1, grid.AsSpan().IndexOfAnyExcept(mark));
                Array.Clear(grid);
                CleanGrids.Return(grid);
            }
        }));
        await Task.WhenAll(users);
    }

    [Fact]
    public async Task Tiles_that_are_made_at_once_or_given_up_leave_nothing_to_the_next()
    {
        var expected = Enumerable.Range(0, 4).Select(seed => Tile(seed, isGivenUp: false)).ToArray();
        var makers = Enumerable.Range(0, 4).Select(seed => Task.Run(() =>
        {
            for (var turn = 0; turn < 20; turn++)
            {
                Tile(seed + 10, isGivenUp: true);
                Assert.Equal(expected[seed], Tile(seed, isGivenUp: false));
            }
        }));
        await Task.WhenAll(makers);
    }

    [Fact]
    public void Thinner_that_is_disposed_twice_returns_its_grid_once()
    {
        var thinner = new PointThinner(World, CellBits, new ThinningBudget(100, 10_000));
        thinner.Dispose();
        thinner.Dispose();
        var (one, other) = (CleanGrids.Rent(1 << (2 * CellBits)), CleanGrids.Rent(1 << (2 * CellBits)));
        Assert.NotSame(one, other);
    }

    // Some points, a shape that has no cell, a cell whose rows are only counted; given up, in the middle of a row.
    private static byte[] Tile(int seed, bool isGivenUp)
    {
        var random = new Random(seed);
        using var thinner = new PointThinner(World, CellBits, new ThinningBudget(200, 100_000));
        thinner.SetCount(column: seed, row: (1 << CellBits) - 1, count: 5);
        var part = new Ewkb().Header(1).Coordinates(1, seed).ToArray();
        var shape = new Ewkb().Header(4, 4326).Count(2).Part(part).Part(part).ToArray();
        if (thinner.BeginFeature(shape)) thinner.EndFeature();
        for (var i = 0; i < 500; i++)
        {
            var point = Ewkb.Point(random.NextDouble() * 360 - 180, random.NextDouble() * 180 - 90);
            if (thinner.BeginFeature(point) && !(isGivenUp && i == 499)) thinner.EndFeature();
        }

        if (isGivenUp) return [];
        using var encoder = new MvtEncoder(World, Columns);
        thinner.WriteTo(encoder, Columns);
        var output = new ArrayBufferWriter<byte>();
        encoder.WriteTo(output);
        return output.WrittenSpan.ToArray();
    }
}
