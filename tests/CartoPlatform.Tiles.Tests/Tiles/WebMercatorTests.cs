namespace CartoPlatform.Tiles.Tests.Tiles;

public sealed class WebMercatorTests
{
    // PROJ: echo lon lat | cs2cs EPSG:4326 EPSG:3857
    [Theory]
    [InlineData(-56.1645, -34.9011, -6252203.540659, -4150449.138104)]
    [InlineData(179.999, 84.9, 20037397.023298, 19845401.335496)]
    [InlineData(0, 0, 0, 0)]
    public void Degrees_become_metres(double longitude, double latitude, double x, double y)
    {
        Assert.Equal(x, WebMercator.MetersX(WebMercator.WorldX(longitude)), 6);
        Assert.Equal(y, WebMercator.MetersY(WebMercator.WorldY(latitude)), 6);
    }

    [Theory]
    [InlineData(-180, -85)]
    [InlineData(12.5, 41.9)]
    [InlineData(180, 0.0000001)]
    public void Degrees_survive_the_way_to_the_world_square_and_back(double longitude, double latitude)
    {
        Assert.Equal(longitude, WebMercator.Longitude(WebMercator.WorldX(longitude)), 12);
        Assert.Equal(latitude, WebMercator.Latitude(WebMercator.WorldY(latitude)), 12);
    }

    [Theory]
    [InlineData(85.0511287798066, 0)]
    [InlineData(90, 0)]
    [InlineData(1e300, 0)]
    [InlineData(-85.0511287798066, 1)]
    [InlineData(-90, 1)]
    public void Latitudes_beyond_the_square_are_clamped(double latitude, double expected) =>
        Assert.Equal(expected, WebMercator.WorldY(latitude));

    [Fact]
    public void Edges_of_the_world_are_exact_in_metres()
    {
        Assert.Equal(0, WebMercator.WorldXFromMeters(-WebMercator.HalfWorldMeters));
        Assert.Equal(1, WebMercator.WorldXFromMeters(WebMercator.HalfWorldMeters));
        Assert.Equal(0, WebMercator.WorldYFromMeters(242_528_681));
        Assert.Equal(1, WebMercator.WorldYFromMeters(-242_528_681));
    }
}
