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
    private static readonly Config Rounds = Config.QuickThrowOnFailure.WithMaxTest(500);

    // Quarter units around a tile of 128: snapping, touching and collapsing all happen.
    private static readonly Gen<Coordinate> Place =
        from x in Gen.Choose(-120, 632)
        from y in Gen.Choose(-120, 632)
        select new Coordinate(x / 4.0, y / 4.0);

    private static readonly Gen<Polygon> AnyPolygon =
        from count in Gen.Choose(3, 30)
        from places in Gen.ArrayOf(Place, count)
        select Grids.Factory.CreatePolygon([.. places, places[0]]);

    private static readonly Gen<NetTopologySuite.Geometries.Geometry> ValidPolygons =
        from first in AnyPolygon
        from second in AnyPolygon
        select GeometryFixer.Fix(Grids.Factory.CreateMultiPolygon([first, second]));

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
    public void Equal_polygons_give_equal_rings() =>
        Check.One(Rounds.WithMaxTest(200), Prop.ForAll(AnyPolygon.ToArbitrary(), polygon =>
            Draw(polygon, buffer: 4).EqualsExact(Draw(polygon, buffer: 4))));

    private static MultiPolygon Draw(NetTopologySuite.Geometries.Geometry polygons, int buffer)
    {
        using var pipeline = new GeometryPipeline(Grids.Inner(buffer));
        pipeline.Read(Grids.ToEwkb(polygons));
        foreach (var ring in pipeline.Geometry.Polygons.Rings)
            Assert.Equal(ring.IsHole, RingArea.Twice(pipeline.Geometry.Polygons[ring]) < 0);
        return Grids.ToPolygons(pipeline.Geometry.Polygons);
    }

    private static void AssertValid(MultiPolygon polygons)
    {
        var check = new IsValidOp(polygons);
        Assert.True(check.IsValid, $"{check.ValidationError} in {polygons}");
    }
}
