using CartoPlatform.Tiles.Geometry;

namespace CartoPlatform.Tiles.Tests.Geometry;

public sealed class WkbTests
{
    private static readonly TileGrid World = new(TileAddress.Create(0, 0, 0), extent: 360);

    [Theory]
    [InlineData(true, 1u, 0)]
    [InlineData(false, 1u, 0)]
    [InlineData(true, 0x80000001u, 1)]
    [InlineData(true, 0x40000001u, 1)]
    [InlineData(false, 0xC0000001u, 2)]
    [InlineData(true, 1001u, 1)]
    [InlineData(true, 2001u, 1)]
    [InlineData(false, 3001u, 2)]
    public void Point_is_read_in_every_byte_order_and_dimension(bool littleEndian, uint type, int extraOrdinates)
    {
        var ordinates = new double[2 + extraOrdinates];
        (ordinates[0], ordinates[1]) = (90, 0);
        foreach (var srid in new int?[] { null, 4326 })
        {
            var geometry = Read(new Ewkb(littleEndian).Header(type, srid).Coordinates(ordinates).ToArray());
            Assert.Equal([new GridPoint(270, 180)], geometry.Points.Items.ToArray());
        }
    }

    [Fact]
    public void Collection_keeps_parts_of_every_dimension()
    {
        var inner = new Ewkb().Header(7).Count(2)
            .Part(new Ewkb().Header(1).Coordinates(10, 0).ToArray())
            .Part(new Ewkb(littleEndian: false).Header(2).Sequence(0, 0, 20, 0).ToArray()).ToArray();
        var geometry = Read(new Ewkb().Header(7, 4326).Count(3)
            .Part(inner)
            .Part(new Ewkb().Header(3).Count(1).Sequence(0, 0, 20, 0, 20, 20, 0, 0).ToArray())
            .Part(new Ewkb().Header(4).Count(1).Part(new Ewkb().Header(1).Coordinates(30, 0).ToArray()).ToArray())
            .ToArray());
        Assert.Equal([new(190, 180), new GridPoint(210, 180)], geometry.Points.Items.ToArray());
        Assert.Equal(1, geometry.Lines.Count);
        Assert.Equal(1, geometry.Polygons.PolygonCount);
    }

    [Theory]
    [InlineData(1u)]
    [InlineData(1001u)]
    public void Empty_point_leaves_nothing(uint type)
    {
        var ordinates = Enumerable.Repeat(double.NaN, type == 1 ? 2 : 3).ToArray();
        Assert.True(Read(new Ewkb().Header(type, 4326).Coordinates(ordinates).ToArray()).IsEmpty);
    }

    [Theory]
    [InlineData(2u)]
    [InlineData(3u)]
    [InlineData(4u)]
    [InlineData(5u)]
    [InlineData(6u)]
    [InlineData(7u)]
    public void Empty_geometries_leave_nothing(uint type) =>
        Assert.True(Read(new Ewkb().Header(type, 4326).Count(0).ToArray()).IsEmpty);

    [Fact]
    public void Null_leaves_nothing() => Assert.True(Read([]).IsEmpty);

    [Fact]
    public void Every_truncation_is_refused()
    {
        var whole = new Ewkb().Header(7, 4326).Count(2)
            .Part(Ewkb.Rectangle(0, 0, 10, 10))
            .Part(new Ewkb().Header(5).Count(1).Part(new Ewkb().Header(2).Sequence(0, 0, 9, 9).ToArray()).ToArray()).ToArray();
        Assert.False(Read(whole).IsEmpty);
        for (var length = 1; length < whole.Length; length++)
            Assert.Throws<WkbException>(() => Read(whole[..length]));
    }

    [Theory]
    [InlineData(2u)]
    [InlineData(3u)]
    [InlineData(6u)]
    [InlineData(7u)]
    public void Count_beyond_the_bytes_is_refused_before_anything_is_read(uint type)
    {
        foreach (var count in new uint[] { uint.MaxValue, 0x80000000, 0x10000000 })
        {
            var error = Assert.Throws<WkbException>(() => Read(new Ewkb().Header(type, 4326).Count(count).Coordinates(1, 2).ToArray()));
            Assert.Contains($"{count}", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(8u)] // CIRCULARSTRING
    [InlineData(10u)] // CURVEPOLYGON
    [InlineData(15u)] // POLYHEDRALSURFACE
    [InlineData(4001u)]
    [InlineData(0x10000001u)]
    public void Types_that_tiles_cannot_show_are_refused(uint type) =>
        Assert.Throws<WkbException>(() => Read(new Ewkb().Header(type, 4326).Count(0).Coordinates(1, 1).ToArray()));

    [Fact]
    public void Byte_order_other_than_0_and_1_is_refused() =>
        Assert.Throws<WkbException>(() => Read([2, 1, 0, 0, 0]));

    [Fact]
    public void Part_of_another_type_in_a_multi_geometry_is_refused() =>
        Assert.Throws<WkbException>(() => Read(new Ewkb().Header(4, 4326).Count(1).Part(Ewkb.Line(0, 0, 1, 1)).ToArray()));

    [Fact]
    public void Bytes_after_the_geometry_are_refused() =>
        Assert.Throws<WkbException>(() => Read([.. Ewkb.Point(0, 0), 0]));

    [Fact]
    public void Other_reference_systems_are_refused_by_name()
    {
        var error = Assert.Throws<WkbException>(() => Read(Ewkb.Point(0, 0, srid: 25830)));
        Assert.Contains("25830", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_nesting_is_refused_and_not_followed()
    {
        var ewkb = new Ewkb();
        for (var i = 0; i < 100_000; i++) ewkb.Header(7).Count(1);
        Assert.Throws<WkbException>(() => Read(ewkb.Header(1).Coordinates(0, 0).ToArray()));
    }

    [Fact]
    public void Random_bytes_end_in_a_geometry_or_the_one_exception()
    {
        var random = new Random(1);
        var seed = new Ewkb().Header(7, 4326).Count(2).Part(Ewkb.Rectangle(0, 0, 10, 10)).Part(Ewkb.Line(0, 0, 9, 9)).ToArray();
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = seed.ToArray();
            for (var change = random.Next(6); change >= 0; change--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                Read(bytes);
            }
            catch (WkbException)
            {
                // The one that is allowed.
            }
        }
    }

    private static TileGeometry Read(byte[] ewkb)
    {
        var pipeline = new GeometryPipeline(World);
        pipeline.Read(ewkb);
        return pipeline.Geometry;
    }
}
