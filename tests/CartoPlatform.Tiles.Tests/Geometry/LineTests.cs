using CartoPlatform.Tiles.Geometry;
using FsCheck;
using FsCheck.Fluent;
using NetTopologySuite.Geometries;
using NetTopologySuite.Geometries.Utilities;
using NetTopologySuite.IO;

namespace CartoPlatform.Tiles.Tests.Geometry;

public sealed class LineTests
{
    [Theory]
    [InlineData("LINESTRING(10 10, 20 20)", "10 10, 20 20")]
    [InlineData("LINESTRING(-10 10, 200 10)", "0 10, 128 10")]
    [InlineData("LINESTRING(10 10, 15 10, 20 10)", "10 10, 20 10")]
    [InlineData("LINESTRING(10 10, 30 10, 20 10)", "10 10, 30 10, 20 10")]
    [InlineData("LINESTRING(10 10, 10.2 10.1, 10.3 10, 20 10)", "10 10, 20 10")]
    [InlineData("LINESTRING(-10 10, 10 10, 10 -10, 20 -10, 20 10)", "0 10, 10 10, 10 0|20 0, 20 10")]
    [InlineData("LINESTRING(0 10, 0 20)", "0 10, 0 20")]
    [InlineData("LINESTRING(10 10, 20 10, 20 20, 10 10)", "10 10, 20 10, 20 20, 10 10")]
    [InlineData("MULTILINESTRING((10 10, 20 10), (300 300, 400 400), (30 10, 40 10))", "10 10, 20 10|30 10, 40 10")]
    public void Line_is_cut_into_the_parts_that_are_in_the_tile(string wkt, string expected) =>
        Assert.Equal(expected, string.Join('|', Draw(new WKTReader().Read(wkt)).Select(part =>
            string.Join(", ", part.Coordinates.Select(place => $"{place.X} {place.Y}")))));

    [Theory]
    [InlineData("LINESTRING(10 10, 10.2 10.2)")]
    [InlineData("LINESTRING(10 10, 10 10, 10 10)")]
    [InlineData("LINESTRING(-10 10, 10 -10.5)")]
    [InlineData("LINESTRING(-10 10, 0 0, -10 -10)")]
    [InlineData("LINESTRING(-50 -50, -50 500, 500 500)")]
    public void Line_that_leaves_one_place_or_none_is_left_out(string wkt) => Assert.Empty(Draw(new WKTReader().Read(wkt)));

    [Fact]
    public void Vertices_without_a_place_are_passed_over()
    {
        using var pipeline = new GeometryPipeline(new TileGrid(default, extent: 360));
        pipeline.Read(Ewkb.Line(0, 0, double.NaN, 0, 10, double.PositiveInfinity, 20, 0));
        Assert.Equal([new(180, 180), new GridPoint(200, 180)], pipeline.Geometry.Lines.Vertices.ToArray());
    }

    [Fact]
    public void Simplified_line_keeps_its_ends_and_stays_within_half_a_unit()
    {
        var places = Enumerable.Range(0, 2000).Select(i => new Coordinate(10 + i * 0.05, 60 + 30 * Math.Sin(i / 100.0))).ToArray();
        var line = Grids.Factory.CreateLineString(places);
        var whole = Assert.Single(Draw(line));
        var simple = Assert.Single(Draw(line, simplify: true));
        Assert.InRange(simple.NumPoints, 2, whole.NumPoints / 2);
        Assert.Equal((whole.StartPoint, whole.EndPoint), (simple.StartPoint, simple.EndPoint));
        // Half a unit of tolerance and half the diagonal of snapping.
        Assert.All(places, place => Assert.True(simple.Distance(new Point(place)) < 0.5 + 0.71));
    }

    [Fact]
    public void Simplification_takes_linear_time_on_a_spiral()
    {
        var places = Enumerable.Range(0, 200_000).Select(i => new Coordinate(64 + i * 0.0003 * Math.Cos(i), 64 + i * 0.0003 * Math.Sin(i)));
        Assert.NotEmpty(Draw(Grids.Factory.CreateLineString([.. places]), simplify: true));
    }

    [Fact]
    public void Lines_lie_where_the_exact_clip_lies()
    {
        var place = from x in Gen.Choose(-240, 752) from y in Gen.Choose(-240, 752) select new Coordinate(x / 4.0, y / 4.0);
        var lines = from count in Gen.Choose(2, 12) from places in Gen.ArrayOf(place, count) select Grids.Factory.CreateLineString(places);
        var tile = Grids.Factory.ToGeometry(new Envelope(0, 128, 0, 128));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(200), Prop.ForAll(lines.ToArbitrary(), line =>
        {
            var exact = LinearComponentExtracter.GetGeometry(line.Intersection(tile));
            var drawn = Grids.Factory.BuildGeometry([.. Draw(line)]);
            // Half the diagonal of a unit, and the chords of the buffer's round ends.
            Assert.Empty(drawn.Difference(exact.Buffer(0.75)).Coordinates);
            var lost = exact.Difference(drawn.Buffer(0.75));
            Assert.All(Enumerable.Range(0, lost.NumGeometries), i => Assert.InRange(lost.GetGeometryN(i).Length, 0, 1.5));
        }));
    }

    private static List<LineString> Draw(NetTopologySuite.Geometries.Geometry lines, bool simplify = false)
    {
        using var pipeline = new GeometryPipeline(Grids.Inner() with { Simplify = simplify });
        pipeline.Read(Grids.ToEwkb(lines));
        var parts = new List<LineString>();
        for (var i = 0; i < pipeline.Geometry.Lines.Count; i++)
        {
            var places = pipeline.Geometry.Lines[i].ToArray().Select(point => new Coordinate(point.X, point.Y));
            parts.Add(Grids.Factory.CreateLineString([.. places]));
        }

        return parts;
    }
}
