using CartoPlatform.Tiles.Geometry;

namespace CartoPlatform.Tiles.Tests.Geometry;

public sealed class WorldGridTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(-5.9)]
    [InlineData(1 / 3.0)]
    [InlineData(1e-15)]
    [InlineData(WorldGrid.MaxWorlds - 1e-9)]
    [InlineData(-WorldGrid.MaxWorlds)]
    public void Cell_stands_for_the_place_that_is_snapped_to(double world)
    {
        var snapped = WorldGrid.Snap(world);
        Assert.Equal(snapped, WorldGrid.PlaceOf(WorldGrid.CellOf(world)));
        Assert.Equal(snapped, WorldGrid.Snap(snapped));
        Assert.InRange(Math.Abs(snapped - world) * 2 * WebMercator.HalfWorldMeters, 0, 19e-6);
    }

    // As far as coordinates are taken at all.
    [Fact]
    public void Place_beyond_all_cells_stays_where_it_is() => Assert.Equal(1e12 / 360, WorldGrid.Snap(1e12 / 360));
}
