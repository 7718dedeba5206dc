using System.Text.Json.Nodes;
using CartoPlatform.SqlApi.Tests.Hosting;

namespace CartoPlatform.SqlApi.Tests.Values;

public sealed class GeometryFormTests(SqlFixture fixture) : IClassFixture<SqlFixture>
{
    [Theory]
    [InlineData("POINT(1 2)", """{"type":"Point","coordinates":[1,2]}""")]
    [InlineData("POINT EMPTY", """{"type":"Point","coordinates":[]}""")]
    [InlineData("POINT ZM (1 2 3 4)", """{"type":"Point","coordinates":[1,2]}""")]
    [InlineData("LINESTRING M (1 2 3, 4 5 6)", """{"type":"LineString","coordinates":[[1,2],[4,5]]}""")]
    [InlineData("LINESTRING EMPTY", """{"type":"LineString","coordinates":[]}""")]
    [InlineData("POLYGON((0 0,9 0,9 9,0 0),(1 1,2 1,2 2,1 1))", """{"type":"Polygon","coordinates":[[[0,0],[9,0],[9,9],[0,0]],[[1,1],[2,1],[2,2],[1,1]]]}""")]
    [InlineData("MULTIPOINT(1 2,3 4)", """{"type":"MultiPoint","coordinates":[[1,2],[3,4]]}""")]
    [InlineData("MULTILINESTRING((0 0,1 1),(2 2,3 3))", """{"type":"MultiLineString","coordinates":[[[0,0],[1,1]],[[2,2],[3,3]]]}""")]
    [InlineData("MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((5 5,6 5,6 6,5 5)))", """{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]],[[[5,5],[6,5],[6,6],[5,5]]]]}""")]
    [InlineData("GEOMETRYCOLLECTION(POINT(1 2),GEOMETRYCOLLECTION(LINESTRING(0 0,1 1)))", """{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]},{"type":"GeometryCollection","geometries":[{"type":"LineString","coordinates":[[0,0],[1,1]]}]}]}""")]
    [InlineData("GEOMETRYCOLLECTION EMPTY", """{"type":"GeometryCollection","geometries":[]}""")]
    [InlineData("TRIANGLE((0 0,1 0,1 1,0 0))", """{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}""")]
    [InlineData("TIN(((0 0,1 0,1 1,0 0)))", """{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]]]}""")]
    [InlineData("MULTICURVE((0 0,1 1),COMPOUNDCURVE((2 2,3 3),(3 3,4 4,5 4)))", """{"type":"MultiLineString","coordinates":[[[0,0],[1,1]],[[2,2],[3,3],[4,4],[5,4]]]}""")]
    [InlineData("MULTISURFACE(CURVEPOLYGON((0 0,1 0,1 1,0 0)),((2 2,3 2,3 3,2 2)))", """{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]],[[[2,2],[3,2],[3,3],[2,2]]]]}""")]
    [InlineData("COMPOUNDCURVE EMPTY", """{"type":"LineString","coordinates":[]}""")]
    [InlineData("POLYHEDRALSURFACE(((0 0,1 0,1 1,0 0)))", """{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]]]}""")]
    public async Task Geometry_is_geojson_without_z_and_m(string wkt, string json)
    {
        Assert.Equal(json, await fixture.Host.Caller.ValueAsync($"SELECT '{wkt}'::geometry"));
        Assert.Equal(json, await fixture.Host.Caller.ValueAsync($"SELECT ST_GeomFromEWKT('SRID=4326;{wkt}')"));
    }

    [Theory]
    [InlineData("CIRCULARSTRING(0 0,1 1,2 0)", "LineString")]
    [InlineData("COMPOUNDCURVE((0 0,1 1),CIRCULARSTRING(1 1,2 2,3 1))", "LineString")]
    [InlineData("CURVEPOLYGON(CIRCULARSTRING(0 0,1 1,2 0,1 -1,0 0))", "Polygon")]
    [InlineData("MULTICURVE((0 0,1 1))", "MultiLineString")]
    [InlineData("MULTISURFACE(((0 0,1 0,1 1,0 0)))", "MultiPolygon")]
    public async Task Curve_is_made_of_lines(string wkt, string type)
    {
        var json = JsonNode.Parse(await fixture.Host.Caller.ValueAsync($"SELECT '{wkt}'::geometry"));

        Assert.Equal(type, json?["type"]?.GetValue<string>());
    }

    [Fact]
    public async Task Curve_in_a_collection_is_made_of_lines() => Assert.DoesNotContain(
        "Curve", await fixture.Host.Caller.ValueAsync("SELECT 'GEOMETRYCOLLECTION(CURVEPOLYGON(CIRCULARSTRING(0 0,1 1,2 0,1 -1,0 0)))'::geometry"), StringComparison.Ordinal);

    [Theory]
    [InlineData("ST_Transform(ST_Point(-56.2, -34.9, 4326), 3857)")]
    [InlineData("ST_Transform(ST_Point(-56.2, -34.9, 4326), 32721)")]
    [InlineData("ST_Transform(ST_Point(-56.2, -34.9, 4326), 32721)::geometry(Point, 32721)")]
    [InlineData("ST_Point(-56.2, -34.9, 4326)::geography")]
    public async Task Any_reference_system_becomes_longitude_and_latitude(string sql)
    {
        var coordinates = JsonNode.Parse(await fixture.Host.Caller.ValueAsync($"SELECT {sql}"))?["coordinates"]?.AsArray();

        Assert.NotNull(coordinates);
        Assert.Equal(-56.2, coordinates[0]!.GetValue<double>(), 6);
        Assert.Equal(-34.9, coordinates[1]!.GetValue<double>(), 6);
    }

    [Fact]
    public async Task Coordinates_keep_every_digit() => Assert.Equal(
        """{"type":"Point","coordinates":[0.30000000000000004,-1E-05]}""", await fixture.Host.Caller.ValueAsync("SELECT ST_Point(0.1::float8 + 0.2::float8, -0.00001)"));

    [Fact]
    public async Task Big_endian_bytes_never_come_but_nan_in_a_line_is_null() => Assert.Equal(
        """{"type":"LineString","coordinates":[[1,null],[2,3]]}""", await fixture.Host.Caller.ValueAsync("SELECT ST_MakeLine(ST_Point(1, 'NaN'), ST_Point(2, 3))"));

    [Fact]
    public async Task Array_of_geometry_is_an_array_of_geojson() => Assert.Equal(
        """[{"type":"Point","coordinates":[1,2]},null]""", await fixture.Host.Caller.ValueAsync("SELECT ARRAY[ST_Point(1, 2, 4326), NULL]"));

    [Theory]
    [InlineData("NULL::geometry")]
    [InlineData("NULL::geometry[]")]
    public async Task Null_is_null(string sql) => Assert.Equal("null", await fixture.Host.Caller.ValueAsync($"SELECT {sql}"));

    [Fact]
    public async Task Geojson_gives_the_same_geometry_back()
    {
        await fixture.Database.ExecuteAsync(
            """
            CREATE TABLE shape AS
            SELECT i AS id, ST_Buffer(ST_Point(i * 1.7 - 170, i * 0.77 - 77, 4326), i / 30.0, i % 8 + 1) AS geom FROM generate_series(1, 200) i
            """);

        var rows = JsonNode.Parse((await fixture.Host.Caller.GetAsync("SELECT id, geom FROM shape")).Rows);
        var same = await fixture.Host.Caller.PostAsync(
            "SELECT count(*) AS n FROM shape JOIN jsonb_array_elements(@rows) r ON (r->>'id')::int = id WHERE ST_OrderingEquals(ST_GeomFromGeoJSON(r->'geom'), geom)",
            new JsonObject { ["rows"] = rows });

        Assert.Equal("""[{"n":200}]""", same.Rows);
    }
}
