namespace CartoPlatform.Tiles.Tests.Tiles;

public sealed class QuadbinTests
{
    // Values of the client library's own tests.
    [Theory]
    [InlineData(0, 0, 0, 5192650370358181887)]
    [InlineData(1, 1, 0, 5194902170171867135)]
    [InlineData(1, 0, 1, 5196028070078709759)]
    [InlineData(4, 9, 8, 5209574053332910079)]
    [InlineData(10, 501, 386, 5234261499580514303)]
    [InlineData(26, 67108863, 67108863, 5309743960669814783)]
    public void Cell_and_tile_are_the_same_place(int z, int x, int y, long cell)
    {
        var tile = TileAddress.Create(z, x, y);
        Assert.Equal(cell, Quadbin.FromTile(tile));
        Assert.True(Quadbin.TryGetTile(cell, out var decoded));
        Assert.Equal(tile, decoded);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    [InlineData(5192650370358181886)] // an unused bit is 0
    [InlineData(5314247560297185279)] // zoom 27
    [InlineData(0x080fffffffffffff)] // no header
    public void Other_numbers_are_no_cells(long number) => Assert.False(Quadbin.TryGetTile(number, out _));

    [Fact]
    public void Parent_is_the_cell_of_the_parent_tile()
    {
        var tile = TileAddress.Create(10, 501, 386);
        Assert.Equal(Quadbin.FromTile(tile.Parent!.Value), Quadbin.Parent(Quadbin.FromTile(tile)));
    }

    [Theory]
    [InlineData(5192650370358181887)]
    [InlineData(12)]
    public void Parent_of_the_world_or_of_no_cell_is_refused(long number) =>
        Assert.Throws<ArgumentException>(() => Quadbin.Parent(number));

    [Fact]
    public void Tiles_deeper_than_zoom_26_have_no_cell() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Quadbin.FromTile(TileAddress.Create(27, 0, 0)));

    [Theory]
    [InlineData(-3.75, 40.3, 10, 5234261499580514303)]
    [InlineData(180, -90, 26, 5309743960669814783)]
    [InlineData(-180, 90, 0, 5192650370358181887)]
    public void Place_belongs_to_the_cell_around_it(double longitude, double latitude, int zoom, long cell) =>
        Assert.Equal(cell, Quadbin.FromDegrees(longitude, latitude, zoom));
}
