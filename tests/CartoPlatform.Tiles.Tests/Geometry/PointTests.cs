using CartoPlatform.Tiles.Geometry;
using FsCheck;
using FsCheck.Fluent;

namespace CartoPlatform.Tiles.Tests.Geometry;

public sealed class PointTests
{
    [Fact]
    public void Every_point_is_in_exactly_one_tile()
    {
        // Eighths of a tile at zoom 3, so that many lie on sides and corners.
        var ordinates = from x in Gen.Choose(0, 64) from y in Gen.Choose(0, 64) select (X: x, Y: y);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(ordinates.ToArbitrary(), place =>
        {
            var metric = Ewkb.Point(WebMercator.MetersX(place.X / 64.0), WebMercator.MetersY(place.Y / 64.0), srid: 3857);
            var degrees = Ewkb.Point(WebMercator.Longitude(place.X / 64.0), WebMercator.Latitude(place.Y / 64.0));
            return TilesWith(metric, zoom: 3).Count == 1 && TilesWith(degrees, zoom: 3).Count == 1;
        }));
    }

    [Theory]
    [InlineData(180, 0, 7, 4)]
    [InlineData(-180, 90, 0, 0)]
    [InlineData(180, -90, 7, 7)]
    [InlineData(0, 0, 4, 4)]
    [InlineData(12.3, 1e9, 4, 0)]
    public void Points_at_the_ends_of_the_world_belong_to_the_last_tiles(double longitude, double latitude, int x, int y) =>
        Assert.Equal([TileAddress.Create(3, x, y)], TilesWith(Ewkb.Point(longitude, latitude), zoom: 3));

    [Theory]
    [InlineData(180.001, 0)]
    [InlineData(-190, 0)]
    [InlineData(double.NaN, 0)]
    [InlineData(0, double.NaN)]
    [InlineData(double.PositiveInfinity, 0)]
    [InlineData(0, double.NegativeInfinity)]
    [InlineData(1e300, 0)]
    public void Points_off_the_world_are_in_no_tile(double longitude, double latitude) =>
        Assert.Empty(TilesWith(Ewkb.Point(longitude, latitude), zoom: 3));

    [Theory]
    [InlineData(-64, true)]
    [InlineData(-64.4, true)]
    [InlineData(-64.6, false)]
    [InlineData(4160, true)]
    [InlineData(4160.6, false)]
    public void With_a_buffer_all_points_that_snap_into_it_are_there(double x, bool expected)
    {
        var grid = new TileGrid(TileAddress.Create(3, 3, 3), buffer: 64);
        using var pipeline = new GeometryPipeline(grid);
        Assert.Equal(expected, pipeline.Read(Ewkb.Point(WebMercator.MetersX((3 + x / 4096) / 8), 0.5, srid: 3857)));
    }

    // SELECT ST_AsText(ST_AsMVTGeom(ST_Transform(ST_SetSRID(ST_MakePoint(-56.1645, -34.9011), 4326), 3857), ST_TileEnvelope(14, 5635, 9888)))
    [Fact]
    public void Place_on_the_grid_is_that_of_postgis()
    {
        using var pipeline = new GeometryPipeline(new TileGrid(TileAddress.Create(14, 5635, 9888)));
        Assert.True(pipeline.Read(Ewkb.Point(-56.1645, -34.9011)));
        Assert.Equal([new GridPoint(3650, 3448)], pipeline.Geometry.Points.Items.ToArray());
    }

    private static List<TileAddress> TilesWith(byte[] ewkb, int zoom)
    {
        var tiles = new List<TileAddress>();
        for (var x = 0; x < 1 << zoom; x++)
        {
            for (var y = 0; y < 1 << zoom; y++)
            {
                var address = TileAddress.Create(zoom, x, y);
                using var pipeline = new GeometryPipeline(new TileGrid(address));
                if (pipeline.Read(ewkb)) tiles.Add(address);
            }
        }

        return tiles;
    }
}
