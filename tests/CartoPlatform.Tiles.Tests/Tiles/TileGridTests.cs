namespace CartoPlatform.Tiles.Tests.Tiles;

public sealed class TileGridTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(-4096, 0)]
    [InlineData((1 << 20) + 1, 0)]
    [InlineData(4096, -1)]
    [InlineData(4096, 4097)]
    public void Impossible_grids_are_refused(int extent, int buffer) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new TileGrid(default, extent, buffer));
}
