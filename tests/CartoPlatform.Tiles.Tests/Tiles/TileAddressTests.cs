namespace CartoPlatform.Tiles.Tests.Tiles;

public sealed class TileAddressTests
{
    [Theory]
    [InlineData(0, 0, 0, true)]
    [InlineData(30, (1 << 30) - 1, (1 << 30) - 1, true)]
    [InlineData(30, 1 << 30, 0, false)]
    [InlineData(31, 0, 0, false)]
    [InlineData(-1, 0, 0, false)]
    [InlineData(int.MaxValue, 0, 0, false)]
    [InlineData(3, 8, 0, false)]
    [InlineData(3, 0, 8, false)]
    [InlineData(3, -1, 0, false)]
    [InlineData(3, 0, int.MinValue, false)]
    public void Address_is_created_only_inside_the_grid(int z, int x, int y, bool expected)
    {
        Assert.Equal(expected, TileAddress.TryCreate(z, x, y, out var address));
        Assert.Equal(expected ? (z, x, y) : (0, 0, 0), (address.Z, address.X, address.Y));
    }

    [Fact]
    public void Create_outside_the_grid_names_the_tile()
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => TileAddress.Create(1, 2, 0));
        Assert.Contains("1/2/0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void World_tile_covers_the_mercator_square()
    {
        var world = TileAddress.Create(0, 0, 0);
        Assert.Equal(new Bounds(-20037508.342789244, -20037508.342789244, 20037508.342789244, 20037508.342789244), world.MercatorBounds);
        Assert.Equal(-180, world.DegreeBounds.West);
        Assert.Equal(180, world.DegreeBounds.East);
        Assert.Equal(85.0511287798066, world.DegreeBounds.North, 12);
        Assert.Equal(-85.0511287798066, world.DegreeBounds.South, 12);
    }

    // ST_TileEnvelope(10, 501, 386) of PostGIS, in 3857 and transformed to 4326.
    [Fact]
    public void Bounds_equal_those_of_postgis()
    {
        var tile = TileAddress.Create(10, 501, 386);
        Assert.Equal(-430493.3433021126, tile.MercatorBounds.West, 6);
        Assert.Equal(4891969.810251278, tile.MercatorBounds.South, 6);
        Assert.Equal(-391357.58482010243, tile.MercatorBounds.East, 6);
        Assert.Equal(4931105.568733286, tile.MercatorBounds.North, 6);
        Assert.Equal(-3.8671875, tile.DegreeBounds.West, 12);
        Assert.Equal(40.17887331434696, tile.DegreeBounds.South, 9);
        Assert.Equal(40.44694705960048, tile.DegreeBounds.North, 9);
    }

    [Fact]
    public void Children_lie_in_their_parent()
    {
        var tile = TileAddress.Create(4, 9, 8);
        Assert.Equal(TileAddress.Create(5, 19, 16), tile.Child(1, 0));
        Assert.Equal(TileAddress.Create(5, 18, 17), tile.Child(0, 1));
        Assert.Equal(tile, tile.Child(1, 1).Parent);
        Assert.Null(TileAddress.Create(0, 0, 0).Parent);
    }

    [Fact]
    public void Child_of_the_deepest_zoom_does_not_exist() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => TileAddress.Create(30, 0, 0).Child(0, 0));

    [Fact]
    public void Address_reads_as_its_path() => Assert.Equal("4/9/8", TileAddress.Create(4, 9, 8).ToString());
}
