using CartoPlatform.MapsApi.Tests.Hosting;

namespace CartoPlatform.MapsApi.Tests.Tiles;

/// <summary>One bad row never costs a tile its good ones.</summary>
public sealed class HostileGeometryTests(MapsFixture fixture) : IClassFixture<MapsFixture>
{
    // Geometry in SQL; how many features it gives in the tile of the world.
    public static TheoryData<string, int> Geometries => new()
    {
        { "'SRID=4326;POINT(0 91)'", 0 },
        { "'SRID=4326;POINT(0 90)'", 1 },
        { "'SRID=4326;POINT(0 -86)'", 1 },
        { "'SRID=4326;POINT(180 0)'", 1 },
        { "'SRID=4326;POINT(-180 0)'", 1 },
        { "'SRID=4326;POINT(181 0)'", 0 },
        { "'SRID=4326;POINT(1e300 1e300)'", 0 },
        { "ST_SetSRID(ST_Point('NaN', 'NaN'), 4326)", 0 },
        { "ST_SetSRID(ST_Point('Infinity', 0), 4326)", 0 },
        { "'SRID=4326;POINT EMPTY'", 0 },
        { "'SRID=4326;MULTIPOLYGON EMPTY'", 0 },
        { "'SRID=4326;GEOMETRYCOLLECTION EMPTY'", 0 },
        { "NULL", 0 },
        { "'POINT(1 2)'", 1 },
        { "'SRID=4326;POINT ZM (1 2 3 4)'", 1 },
        { "'SRID=4326;MULTIPOINT(1 2, 3 4)'", 1 },
        { "'SRID=4326;LINESTRING(1 2, 1 2)'", 0 },
        { "'SRID=4326;LINESTRING(-190 10, 190 10)'", 1 },
        { "'SRID=4326;POLYGON((-180 -90, 180 -90, 180 -60, -180 -60, -180 -90))'", 1 },
        { "'SRID=4326;POLYGON((0 0, 50 50, 50 0, 0 50, 0 0))'", 1 },
        { "'SRID=4326;POLYGON((0 0, 50 0, 50 50, 0 0), (60 60, 61 60, 60 61, 60 60))'", 1 },
        { "'SRID=4326;GEOMETRYCOLLECTION(POINT(1 1), LINESTRING(2 2, 30 30), POLYGON((0 0, 20 0, 20 20, 0 0)))'", 3 },
        { "'SRID=4326;CURVEPOLYGON(CIRCULARSTRING(0 0, 20 0, 20 20, 0 20, 0 0))'", 1 },
        { "'SRID=4326;COMPOUNDCURVE(CIRCULARSTRING(0 0, 10 10, 20 0), (20 0, 40 0))'", 1 },
        { "'SRID=4326;MULTISURFACE(((0 0, 20 0, 20 20, 0 0)), CURVEPOLYGON(CIRCULARSTRING(0 0, 20 0, 20 20, 0 20, 0 0)))'", 1 },
    };

    [Theory]
    [MemberData(nameof(Geometries))]
    public async Task Geometry_is_drawn_or_left_out_beside_a_good_one(string geometry, int features)
    {
        foreach (var encoder in (string[])["csharp", "database"])
        {
            using var client = fixture.Host(("MapsApi:TileEncoder", encoder)).Owner();
            var drawn = await client.MvtAsync(World($"SELECT 'good' AS which, 'SRID=4326;POINT(10 10)'::geometry AS geom UNION ALL SELECT 'bad', {geometry}::geometry"));
            Assert.Single(drawn, feature => feature.Properties["which"].Equals("good"));
            var bad = drawn.Count(feature => feature.Properties["which"].Equals("bad"));
            if (encoder == "csharp") Assert.Equal(features, bad);
        }

        using var binary = fixture.Host().Owner();
        var (points, _, _) = await binary.BinaryAsync(World($"SELECT 'good' AS which, 'SRID=4326;POINT(10 10)'::geometry AS geom UNION ALL SELECT 'bad', {geometry}::geometry"));
        Assert.Contains(points.Properties, properties => properties["which"] == "good");
    }

    [Theory]
    [InlineData("SRID=25832;POINT(1e12 1e12)")]
    [InlineData("SRID=25832;POINT(1e8 1e8)")]
    [InlineData("POINT(1 2)")]
    [InlineData("SRID=3035;POINT(4000000 3000000)")]
    public async Task Row_that_cannot_be_transformed_is_left_out_at_every_zoom(string bad)
    {
        using var client = fixture.Host().Owner();
        var sql = MapsClient.Escape($"SELECT 'good' AS which, 'SRID=25832;POINT(500000 5400000)'::geometry AS geom UNION ALL SELECT 'bad', '{bad}'");
        foreach (var tile in (string[])["0/0/0", "1/1/0", "2/2/1", "5/16/11", "9/268/176"])
            Assert.Equal(["good"], (await client.MvtAsync($"/v3/maps/main/query/{tile}?q={sql}")).Select(feature => feature.Properties["which"]));
        Assert.Empty(await client.MvtAsync($"/v3/maps/main/query/2/0/3?q={sql}"));
    }

    [Theory]
    [InlineData("SRID=4326;POINT(0 90)", "2/2/0")]
    [InlineData("SRID=4326;POINT(10 -90)", "3/4/7")]
    [InlineData("SRID=3857;POINT(0 240000000)", "2/2/0")]
    [InlineData("SRID=3857;POINT(0 20037508.5)", "2/2/0")]
    [InlineData("SRID=4258;POINT(10 -89)", "3/4/7")]
    [InlineData("SRID=3031;POINT(100000 100000)", "3/5/7")]
    public async Task Row_beyond_the_square_is_drawn_at_its_edge(string point, string tile)
    {
        using var client = fixture.Host().Owner();
        Assert.Single(await client.MvtAsync($"/v3/maps/main/query/{tile}?q={MapsClient.Escape($"SELECT '{point}'::geometry AS geom")}"));
    }

    [Fact]
    public async Task Row_of_another_system_than_the_first_is_counted()
    {
        using var client = fixture.Host().Owner();
        using var response = await client.AskAsync(World("SELECT 'SRID=4326;POINT(10 10)'::geometry AS geom UNION ALL SELECT 'SRID=25832;POINT(10 10)'"));
        Assert.Equal("1", Assert.Single(response.Headers.GetValues("X-Carto-Tile-Dropped")));
    }

    [Theory]
    [InlineData("0/0/0")]
    [InlineData("1/1/0")]
    [InlineData("2/2/1")]
    [InlineData("3/4/3")]
    [InlineData("4/8/7")]
    public async Task Geography_is_found_at_every_zoom(string tile)
    {
        using var client = fixture.Host().Owner();
        var sql = "SELECT geog AS geom FROM (VALUES ('POINT(1 1)'::geography), ('POLYGON((0.5 0.5, 22 0.5, 22 21, 0.5 21, 0.5 0.5))')) AS v(geog)";
        Assert.Equal(2, (await client.MvtAsync($"/v3/maps/main/query/{tile}?q={MapsClient.Escape(sql)}")).Count);
    }

    [Theory]
    [InlineData(3857)]
    [InlineData(3395)]
    [InlineData(4258)]
    [InlineData(4269)]
    [InlineData(54009)]
    [InlineData(6933)]
    [InlineData(8857)]
    public async Task World_wide_system_loses_no_row_at_any_zoom(int srid)
    {
        await using var known = fixture.Database.Owner.CreateCommand($"SELECT count(*) FROM spatial_ref_sys WHERE srid = {srid}");
        if ((long)(await known.ExecuteScalarAsync())! == 0) return;
        using var client = fixture.Host().Owner();
        var sql = MapsClient.Escape($"SELECT x * 1000 + y AS id, ST_Transform(ST_SetSRID(ST_Point(x, y), 4326), {srid}) AS geom FROM generate_series(-179, 179, 14) AS x, generate_series(-80, 80, 10) AS y");
        foreach (var zoom in (int[])[0, 1, 3])
        {
            var ids = new List<object>();
            for (var x = 0; x < 1 << zoom; x++)
            {
                for (var y = 0; y < 1 << zoom; y++)
                    ids.AddRange((await client.MvtAsync($"/v3/maps/main/query/{zoom}/{x}/{y}?q={sql}")).Select(feature => feature.Properties["id"]));
            }

            Assert.Equal(26 * 17, ids.Distinct().Count());
            Assert.Equal(26 * 17, ids.Count);
        }
    }

    private static string World(string sql) => $"/v3/maps/main/query/0/0/0?q={MapsClient.Escape(sql)}";
}
