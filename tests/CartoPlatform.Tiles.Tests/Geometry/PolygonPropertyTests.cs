using CartoPlatform.Tiles.Geometry;
using FsCheck;
using FsCheck.Fluent;
using NetTopologySuite.Geometries;
using NetTopologySuite.Geometries.Utilities;
using NetTopologySuite.Operation.Valid;

namespace CartoPlatform.Tiles.Tests.Geometry;

/// <summary>Random polygons against the exact clip by NetTopologySuite.</summary>
public sealed class PolygonPropertyTests
{
    private static readonly Config Rounds = Config.QuickThrowOnFailure.WithMaxTest(150);

    // Quarter units around a tile of 128: snapping, touching and collapsing all happen.
    private static readonly Gen<Coordinate> Place =
        from x in Gen.Choose(-120, 632)
        from y in Gen.Choose(-120, 632)
        select new Coordinate(x / 4.0, y / 4.0);

    private static readonly Gen<Polygon> AnyPolygon =
        from count in Gen.Choose(3, 30)
        from places in Gen.ArrayOf(Place, count)
        select Grids.Factory.CreatePolygon([.. places, places[0]]);

    // Around the middle once, or twice: then every edge turns the right way, and they cross all the same.
    private static readonly Gen<(Polygon Star, int Turns)> Stars =
        from turns in Gen.Choose(1, 3)
        from lengths in Gen.ArrayOf(Gen.Choose(20, 60), 19)
        select (Grids.Factory.CreatePolygon([.. Around(lengths, turns), Around(lengths, turns).First()]), turns);

    private static readonly Gen<NetTopologySuite.Geometries.Geometry> ValidPolygons =
        from first in AnyPolygon
        from second in AnyPolygon
        select GeometryFixer.Fix(Grids.Factory.CreateMultiPolygon([first, second]));

    private static readonly Gen<MultiPolygon> OverlappingPolygons =
        from polygons in Gen.ArrayOf(AnyPolygon, 4)
        select Grids.Factory.CreateMultiPolygon(polygons);

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    public void Valid_polygons_stay_valid_and_keep_their_area(int buffer)
    {
        Check.One(Rounds, Prop.ForAll(ValidPolygons.ToArbitrary(), polygons =>
        {
            var clip = polygons.Intersection(Grids.Factory.ToGeometry(new Envelope(-buffer, 128 + buffer, -buffer, 128 + buffer)));
            var drawn = Draw(polygons, buffer);
            AssertValid(drawn);
            Assert.InRange(Math.Abs(drawn.Area - clip.Area), 0, clip.Length + 1);
        }));
    }

    [Fact]
    public void Polygons_that_cross_themselves_come_out_valid() =>
        Check.One(Rounds, Prop.ForAll(AnyPolygon.ToArbitrary(), polygon => AssertValid(Draw(polygon, buffer: 0))));

    [Fact]
    public void Stars_come_out_valid_and_those_that_go_round_once_whole() =>
        Check.One(Rounds, Prop.ForAll(Stars.ToArbitrary(), star =>
        {
            var drawn = Draw(star.Star, buffer: 0);
            AssertValid(drawn);
            if (star.Turns == 1) Assert.InRange(Math.Abs(drawn.Area - star.Star.Area), 0, star.Star.Length + 1);
        }));

    [Fact]
    public void Polygons_that_overlap_come_out_valid() =>
        Check.One(Rounds, Prop.ForAll(OverlappingPolygons.ToArbitrary(), polygons => AssertValid(Draw(polygons, buffer: 0))));

    [Fact]
    public void Simplified_polygons_stay_valid_and_keep_their_area()
    {
        Check.One(Rounds, Prop.ForAll(ValidPolygons.ToArbitrary(), polygons =>
        {
            var clip = polygons.Intersection(Grids.Factory.ToGeometry(new Envelope(0, 128, 0, 128)));
            var drawn = Draw(polygons, buffer: 0, simplify: true);
            AssertValid(drawn);
            Assert.InRange(Math.Abs(drawn.Area - clip.Area), 0, clip.Length + 1);
        }));
    }

    [Fact]
    public void Equal_polygons_give_equal_rings() =>
        Check.One(Rounds, Prop.ForAll(AnyPolygon.ToArbitrary(), polygon =>
            Draw(polygon, buffer: 4).EqualsExact(Draw(polygon, buffer: 4))));

    private static IEnumerable<Coordinate> Around(int[] lengths, int turns) => lengths.Select((length, index) =>
    {
        var (sine, cosine) = Math.SinCos(2 * Math.PI * turns * index / lengths.Length);
        return new Coordinate(64 + length * cosine, 64 + length * sine);
    });

    private static MultiPolygon Draw(NetTopologySuite.Geometries.Geometry polygons, int buffer, bool simplify = false)
    {
        using var pipeline = new GeometryPipeline(Grids.Inner(buffer) with { Simplify = simplify });
        pipeline.Read(Grids.ToEwkb(polygons));
        var set = pipeline.Geometry.Polygons;
        foreach (var ring in set.Rings) Assert.Equal(ring.IsHole, RingArea.Twice(set[ring]) < 0);
        foreach (var vertex in set.Vertices) Assert.True(ClipBox.Of(Grids.Inner(buffer)).Contains(vertex));
        return Grids.ToPolygons(set);
    }

    private static void AssertValid(MultiPolygon polygons)
    {
        var check = new IsValidOp(polygons);
        Assert.True(check.IsValid, $"{check.ValidationError} in {polygons}");
    }
}
