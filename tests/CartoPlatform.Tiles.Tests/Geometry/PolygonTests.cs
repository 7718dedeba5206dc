using CartoPlatform.Tiles.Geometry;
using NetTopologySuite.Geometries;
using NetTopologySuite.IO;
using NetTopologySuite.Operation.Valid;

namespace CartoPlatform.Tiles.Tests.Geometry;

public sealed class PolygonTests
{
    [Theory]
    [InlineData("inside", "POLYGON((10 10, 20 10, 20 20, 10 20, 10 10))", "10 10, 20 10, 20 20, 10 20")]
    [InlineData("around the tile", "POLYGON((-500 -500, 500 -500, 500 500, -500 500, -500 -500))", "0 0, 128 0, 128 128, 0 128")]
    [InlineData("over a corner", "POLYGON((-10 -10, 10 -10, 10 10, -10 10, -10 -10))", "0 0, 10 0, 10 10, 0 10")]
    [InlineData("vertices on a line", "POLYGON((10 10, 15 10, 20 10, 20 20, 10 20, 10 15, 10 10))", "10 10, 20 10, 20 20, 10 20")]
    [InlineData("a spike", "POLYGON((10 10, 20 10, 90 10, 20 10, 20 20, 10 20, 10 10))", "10 10, 20 10, 20 20, 10 20")]
    [InlineData("repeated vertices", "POLYGON((10 10, 10 10, 20 10, 20 20, 20 20, 10 20, 10 10))", "10 10, 20 10, 20 20, 10 20")]
    public void Ring_is_clipped_and_cleaned(string why, string wkt, string expected)
    {
        var drawn = Draw(wkt);
        Assert.True(drawn.EqualsTopologically(new WKTReader().Read($"POLYGON(({expected}, {expected.Split(',')[0]}))")), why);
        Assert.Equal(expected.Split(',').Length + 1, drawn.NumPoints);
    }

    [Theory]
    [InlineData("beside the tile", "POLYGON((-500 10, -400 10, -400 20, -500 10))")]
    [InlineData("touching it from outside", "POLYGON((-10 10, 0 10, 0 20, -10 20, -10 10))")]
    [InlineData("around it through its corner", "POLYGON((-10 10, 10 -10, -10 -10, -10 10))")]
    [InlineData("smaller than a unit", "POLYGON((10.1 10.1, 10.3 10.1, 10.3 10.3, 10.1 10.1))")]
    [InlineData("thinner than a unit", "POLYGON((10 10.1, 90 10.1, 90 10.3, 10 10.3, 10 10.1))")]
    [InlineData("a line", "POLYGON((10 10, 90 10, 50 10, 10 10))")]
    public void Polygon_that_leaves_no_area_is_left_out(string why, string wkt) => Assert.True(Draw(wkt).IsEmpty, why);

    [Fact]
    public void Parts_of_a_concave_polygon_are_not_joined_along_the_side()
    {
        // A comb whose back lies outside.
        var drawn = Draw("POLYGON((-10 10, 20 10, 20 20, -5 20, -5 30, 20 30, 20 40, -10 40, -10 10))");
        Assert.True(drawn.EqualsTopologically(new WKTReader().Read(
            "MULTIPOLYGON(((0 10, 20 10, 20 20, 0 20, 0 10)), ((0 30, 20 30, 20 40, 0 40, 0 30)))")));
    }

    [Fact]
    public void Hole_over_the_side_opens_the_shell()
    {
        var drawn = Draw("POLYGON((-50 10, 50 10, 50 90, -50 90, -50 10), (-20 30, -20 60, 20 60, 20 30, -20 30))");
        Assert.Equal(0, ((Polygon)drawn[0]).NumInteriorRings);
        Assert.Equal(50 * 80 - 20 * 30, drawn.Area);
    }

    [Fact]
    public void Hole_around_the_tile_leaves_nothing() =>
        Assert.True(Draw("POLYGON((-900 -900, 900 -900, 900 900, -900 900, -900 -900), (-200 -200, -200 200, 200 200, 200 -200, -200 -200))").IsEmpty);

    [Fact]
    public void Holes_follow_their_own_shell()
    {
        var drawn = Draw("MULTIPOLYGON(((10 10, 40 10, 40 40, 10 40, 10 10), (20 20, 20 30, 30 30, 30 20, 20 20)),"
            + "((60 10, 90 10, 90 40, 60 40, 60 10), (70 20, 70 30, 80 30, 80 20, 70 20)))");
        Assert.Equal([800.0, 800.0], drawn.Geometries.Select(polygon => polygon.Area));
    }

    [Fact]
    public void Corridor_that_snapping_closes_parts_the_polygon()
    {
        var drawn = Draw("POLYGON((10 10, 30 10, 30 19.9, 60 19.9, 60 10, 80 10, 80 30, 60 30, 60 20.1, 30 20.1, 30 30, 10 30, 10 10))");
        Assert.Equal([400.0, 400.0], drawn.Geometries.Select(polygon => polygon.Area));
    }

    [Fact]
    public void Crossed_quadrilateral_keeps_both_halves() =>
        Assert.Equal(2 * 20 * 20, Draw("POLYGON((10 10, 50 50, 50 10, 10 50, 10 10))").Area);

    // As ST_AsMVTGeom and ST_MakeValid: what is covered twice is outside.
    [Fact]
    public void Polygons_on_top_of_each_other_follow_the_even_odd_rule() =>
        Assert.Equal(900 + 900 - 2 * 100, Draw(
            "MULTIPOLYGON(((10 10, 40 10, 40 40, 10 40, 10 10)), ((30 30, 60 30, 60 60, 30 60, 30 30)))").Area);

    // No two edges cross: each ring enters the other at one common vertex, and leaves it at the other.
    [Fact]
    public void Polygons_that_cross_at_their_vertices_follow_the_even_odd_rule() =>
        Assert.Equal(48, Draw("MULTIPOLYGON(((14 14, 18 22, 22 14, 18 10, 14 14)), ((14 14, 18 16, 22 14, 18 4, 14 14)))").Area);

    [Fact]
    public void Parts_with_a_common_edge_are_joined()
    {
        var drawn = Draw("MULTIPOLYGON(((10 10, 40 10, 40 40, 10 40, 10 10)), ((40 10, 60 10, 60 40, 40 40, 40 10)))");
        Assert.Equal((1, 1500.0), (drawn.NumGeometries, drawn.Area));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(1e300)]
    public void Vertices_without_a_place_are_left_out(double ordinate)
    {
        var geometry = Read(World, Ewkb.Polygon([0, 0, ordinate, 10, 90, 0, 90, 45, 5, ordinate is 1e300 ? double.NaN : ordinate, 0, 45, 0, 0]));
        Assert.Equal(4, geometry.Polygons.Vertices.Length);
    }

    [Fact]
    public void Polygon_to_the_pole_fills_the_tile_to_its_end()
    {
        var geometry = Read(World, Ewkb.Rectangle(-180, -90, 180, -60));
        Assert.Equal([0, 4096], Ordinates(geometry, point => point.X));
        Assert.Equal(4096, Ordinates(geometry, point => point.Y)[^1]);
    }

    [Fact]
    public void Polygon_over_the_antimeridian_is_drawn_where_its_numbers_are()
    {
        var geometry = Read(World, Ewkb.Rectangle(170, 0, 190, 10));
        Assert.Equal([3982, 4096], Ordinates(geometry, point => point.X));
    }

    [Theory]
    [InlineData(30)]
    [InlineData(22)]
    public void Deepest_tiles_are_filled_by_a_polygon_around_them(int zoom)
    {
        var grid = new TileGrid(TileAddress.Create(zoom, (1 << zoom) - 1, (1 << zoom) / 3), buffer: 64);
        var geometry = Read(grid, Ewkb.Rectangle(-180, -85, 181, 85));
        Assert.Equal([-64, 4160], Ordinates(geometry, point => point.X));
        Assert.Equal([-64, 4160], Ordinates(geometry, point => point.Y));
    }

    [Fact]
    public void Coast_of_many_thousand_vertices_is_valid_at_every_zoom()
    {
        var coast = Coast(68_099);
        for (var zoom = 0; zoom <= 8; zoom++)
        {
            var side = 1 << zoom;
            var grid = new TileGrid(TileAddress.Create(zoom, side / 2, side / 2), buffer: 64);
            var drawn = Grids.ToPolygons(Read(grid, coast).Polygons);
            Assert.True(new IsValidOp(drawn).IsValid, $"zoom {zoom}");
            Assert.False(drawn.IsEmpty);
        }
    }

    [Fact]
    public void Tangle_of_random_vertices_ends()
    {
        var random = new Random(7);
        var ring = Enumerable.Range(0, 40_000).Select(_ => random.NextDouble() * 170 - 85).ToArray();
        Assert.False(Read(World, Ewkb.Polygon([.. ring, ring[0], ring[1]])).IsEmpty);
    }

    private static readonly TileGrid World = new(TileAddress.Create(0, 0, 0));

    // A circle whose radius jumps: fjords, straits and islands of every width.
    private static byte[] Coast(int count)
    {
        var random = new Random(3);
        var ring = new double[2 * count];
        var radius = 40.0;
        for (var i = 0; i + 1 < count; i++)
        {
            radius = Math.Clamp(radius + (random.NextDouble() - 0.5) * 0.4, 20, 60);
            var angle = 2 * Math.PI * i / (count - 1);
            (ring[2 * i], ring[2 * i + 1]) = (radius * Math.Cos(angle), radius * Math.Sin(angle));
        }

        (ring[^2], ring[^1]) = (ring[0], ring[1]);
        return Ewkb.Polygon(ring);
    }

    private static MultiPolygon Draw(string wkt)
    {
        var drawn = Grids.ToPolygons(Read(Grids.Inner(), Grids.ToEwkb(new WKTReader().Read(wkt))).Polygons);
        Assert.True(new IsValidOp(drawn).IsValid, $"{drawn}");
        return drawn;
    }

    private static TileGeometry Read(TileGrid grid, byte[] ewkb)
    {
        var pipeline = new GeometryPipeline(grid);
        pipeline.Read(ewkb);
        return pipeline.Geometry;
    }

    private static int[] Ordinates(TileGeometry geometry, Func<GridPoint, int> ordinate) =>
        [.. geometry.Polygons.Vertices.ToArray().Select(ordinate).Distinct().Order()];
}
