using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using CartoPlatform.SqlApi.Tests.Hosting;

namespace CartoPlatform.SqlApi.Tests.Models;

/// <summary>
/// Polygons on columns of every reference system. The yardstick is the planar meaning itself: each row brought to degrees and
/// intersected there, one by one. No row lies on an edge that another system would bend.
/// </summary>
public sealed class SpatialFilterTests(SqlFixture fixture) : IClassFixture<SqlFixture>, IAsyncLifetime
{
    private const string Viewport = """{"type":"Polygon","coordinates":[[[-20,40],[30,40],[30,60],[-20,60],[-20,40]]]}""";

    public Task InitializeAsync() => fixture.Database.ExecuteAsync(
        """
        CREATE TABLE IF NOT EXISTS world AS
          SELECT n AS id, ST_Point((n % 72) * 5 - 177.5, (n / 72) * 5 - 87.5, 4326) AS p FROM generate_series(0, 72 * 36 - 1) AS n;
        CREATE TABLE IF NOT EXISTS degrees AS SELECT id, p::geometry(Point, 4326) AS geom FROM world;
        CREATE TABLE IF NOT EXISTS mercator AS SELECT id, ST_Transform(p, 3857)::geometry(Point, 3857) AS geom FROM world WHERE abs(ST_Y(p)) < 85;
        CREATE TABLE IF NOT EXISTS spherical AS SELECT id, p::geography(Point, 4326) AS geom FROM world;
        CREATE TABLE IF NOT EXISTS unlabelled AS SELECT id, ST_SetSRID(p, 0) AS geom FROM world;
        CREATE TABLE IF NOT EXISTS mixed AS SELECT id, CASE WHEN id % 2 = 0 THEN p ELSE ST_SetSRID(p, 3857) END AS geom FROM world;
        CREATE TABLE IF NOT EXISTS utm AS
          SELECT n AS id, ST_Transform(ST_Point(3.03 + (n % 30) * 0.2, 40.07 + (n / 30) * 0.5, 4326), 32631)::geometry(Point, 32631) AS geom FROM generate_series(0, 899) AS n;
        CREATE TABLE IF NOT EXISTS laea AS
          SELECT n AS id, ST_Transform(ST_Point(-9.97 + (n % 40) * 1.03, 35.03 + (n / 40) * 0.97, 4326), 3035)::geometry(Point, 3035) AS geom FROM generate_series(0, 1199) AS n;
        CREATE TABLE IF NOT EXISTS polar AS
          SELECT n AS id, ST_Transform(ST_Point(-179.03 + (n % 60) * 5.97, 60.07 + (n / 60) * 0.97, 4326), 3413)::geometry(Point, 3413) AS geom FROM generate_series(0, 1799) AS n;
        CREATE TABLE IF NOT EXISTS nztm AS
          SELECT n AS id, ST_Transform(ST_Point(166.03 + (n % 30) * 0.53, -47.03 + (n / 30) * 0.47, 4326), 2193)::geometry(Point, 2193) AS geom FROM generate_series(0, 899) AS n;
        CREATE TABLE IF NOT EXISTS feet AS
          SELECT n AS id, ST_Transform(ST_Point(-74.97 + (n % 30) * 0.053, 40.03 + (n / 30) * 0.047, 4326), 2263)::geometry(Point, 2263) AS geom FROM generate_series(0, 899) AS n;
        CREATE TABLE IF NOT EXISTS nad83 AS SELECT id, ST_Transform(p, 4269)::geometry(Point, 4269) AS geom FROM world;
        CREATE TABLE IF NOT EXISTS shapes AS SELECT 1 AS id, ST_MakeEnvelope(-10, -10, 10, 10, 4326) AS geom
          UNION ALL SELECT 2, 'SRID=4326;LINESTRING(-100 0, 100 0)' UNION ALL SELECT 3, 'SRID=4326;CURVEPOLYGON(CIRCULARSTRING(0 0, 4 4, 8 0, 4 -4, 0 0))'
          UNION ALL SELECT 4, NULL UNION ALL SELECT 5, 'SRID=4326;POINT EMPTY' UNION ALL SELECT 6, 'SRID=4326;GEOMETRYCOLLECTION(POINT(1 1), LINESTRING(2 2, 3 3))';
        CREATE TABLE IF NOT EXISTS empty_untyped (id int, geom geometry);
        GRANT SELECT ON ALL TABLES IN SCHEMA public TO PUBLIC;
        """);

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("degrees")]
    [InlineData("mercator")]
    [InlineData("spherical")]
    [InlineData("unlabelled")]
    [InlineData("utm")]
    [InlineData("nad83")]
    [InlineData("laea")]
    [InlineData("polar")]
    [InlineData("nztm")]
    [InlineData("feet")]
    [InlineData("SELECT * FROM degrees")]
    [InlineData("SELECT * FROM mercator WHERE id > 0")]
    [InlineData("SELECT * FROM spherical")]
    [InlineData("SELECT * FROM utm")]
    [InlineData("SELECT * FROM unlabelled")]
    public async Task Rows_in_the_polygon_are_those_that_are_in_it_on_the_plane(string source)
    {
        foreach (var polygon in Polygons)
        {
            var answer = await CountAsync(source, polygon);
            Assert.True(answer.Status == HttpStatusCode.OK, $"{polygon}: {answer.Body}");
            Assert.Equal((await ExpectedAsync(source, polygon), polygon), (Value(answer), polygon));
        }
    }

    private static readonly string[] Polygons =
    [
        Viewport,
        """{"type":"Polygon","coordinates":[[[-180,-90],[180,-90],[180,90],[-180,90],[-180,-90]]]}""",
        """{"type":"Polygon","coordinates":[[[-179.9,-89],[179.9,-89],[179.9,89],[-179.9,89],[-179.9,-89]]]}""",
        """{"type":"Polygon","coordinates":[[[-179.9,10],[179.9,10],[179.9,60],[-179.9,60],[-179.9,10]]]}""",
        """{"type":"MultiPolygon","coordinates":[[[[170,-50],[180,-50],[180,50],[170,50],[170,-50]]],[[[-180,-50],[-160,-50],[-160,50],[-180,50],[-180,-50]]]]}""",
        """{"type":"Polygon","coordinates":[[[-30,0],[60,80],[90,-20],[-30,0]]]}""",
        """{"type":"Polygon","coordinates":[[[-90,-45],[90,-45],[90,45],[-90,45],[-90,-45]],[[-45,-20],[45,-20],[45,20],[-45,20],[-45,-20]]]}""",
        """{"type":"Polygon","coordinates":[[[-60,-59],[60,60],[60,-60],[-60,59],[-60,-59]]]}""",
        """{"type":"Polygon","coordinates":[[[4,41.01],[7,41.01],[7,45.2],[4,45.2]]]}""",
        """{"type":"Polygon","coordinates":[[[3.5,41],[8.1,44],[3.2,50.1],[3.5,41]]]}""",
        """{"type":"Polygon","coordinates":[[[-74.5,40.1],[-73.8,40.4],[-74.1,41.2],[-74.5,40.1]]]}""",
        """{"type":"Polygon","coordinates":[[[170,-45],[180,-45],[180,-38],[170,-38],[170,-45]]]}""",
        """{"type":"Polygon","coordinates":[[[-180,-60],[-100,-60],[-100,-10],[-180,-10],[-180,-60]]]}""",
        """{"type":"Polygon","coordinates":[[[-10,85.5],[100,85.5],[100,90],[-10,90],[-10,85.5]]]}""",
    ];

    [Theory]
    [InlineData("""{"type":"Polygon","coordinates":[]}""")]
    [InlineData("""{"type":"MultiPolygon","coordinates":[]}""")]
    [InlineData("""{"type":"MultiPolygon","coordinates":[[]]}""")]
    public async Task Nothing_is_in_an_empty_polygon(string polygon) => Assert.Equal(0, Value(await CountAsync("degrees", polygon)));

    [Theory]
    [InlineData("mixed", 100)]
    [InlineData("empty_untyped", 0)]
    [InlineData("SELECT * FROM empty_untyped", 0)]
    public async Task Column_without_a_declared_system_is_filtered_in_that_of_its_first_row(string source, int most) =>
        Assert.InRange(Value(await CountAsync(source, Viewport)), most == 0 ? 0 : 1, most);

    [Fact]
    public async Task Shapes_that_touch_the_polygon_are_in_it() => Assert.Equal(
        4, Value(await CountAsync("shapes", """{"type":"Polygon","coordinates":[[[0,0],[20,0],[20,20],[0,20],[0,0]]]}""")));

    [Fact]
    public async Task Several_columns_must_all_hold()
    {
        const string Source = "SELECT a.id, a.geom, b.geom AS other FROM degrees a JOIN degrees b ON b.id = a.id + 1";
        var filters = $$$"""{"geom":{{{Viewport}}},"other":{"type":"Polygon","coordinates":[[[-20,40],[-10,40],[-10,60],[-20,60],[-20,40]]]}}""";

        var answer = await fixture.Host.Caller.ModelAsync("formula", Source, "{}", ("spatialFilters", filters));

        Assert.True(answer.Status == HttpStatusCode.OK, answer.Body);
        Assert.Equal(4, Value(answer));
    }

    [Theory]
    [InlineData("""1""")]
    [InlineData("""{}""")]
    [InlineData("""{"type":"Point","coordinates":[0,0]}""")]
    [InlineData("""{"type":"Polygon"}""")]
    [InlineData("""{"type":"Polygon","coordinates":1}""")]
    [InlineData("""{"type":"Polygon","coordinates":[[[0,0],[1,1]]]}""")]
    [InlineData("""{"type":"Polygon","coordinates":[[[0,0],[1,1],["2",0],[0,0]]]}""")]
    [InlineData("""{"type":"Polygon","coordinates":[[[0,0],[1,1],[2],[0,0]]]}""")]
    [InlineData("""{"type":"Polygon","coordinates":[[[0,0],[1e99,1],[2,0],[0,0]]]}""")]
    [InlineData("""{"type":"Polygon","coordinates":[[[0,0],[1,1e999],[2,0],[0,0]]]}""")]
    [InlineData("""{"type":"Polygon","coordinates":[[[0,0],[1,91],[2,0],[0,0]]]}""")]
    [InlineData("""{"type":"Polygon","coordinates":[[[0,0],[1000,1],[2,0],[0,0]]]}""")]
    public async Task Polygon_that_makes_no_sense_is_400(string polygon)
    {
        var answer = await CountAsync("degrees", polygon);
        Assert.True(answer.Status == HttpStatusCode.BadRequest, answer.Body);
        Assert.NotEmpty(answer.Error);
    }

    [Fact]
    public async Task Filter_on_a_column_that_is_not_there_or_holds_no_geometry_is_400()
    {
        var nowhere = await fixture.Host.Caller.ModelAsync("formula", "degrees", "{}", ("spatialFilters", $$$"""{"nowhere":{{{Viewport}}}}"""));
        var number = await fixture.Host.Caller.ModelAsync("formula", "degrees", "{}", ("spatialFilters", $$$"""{"id":{{{Viewport}}}}"""));

        Assert.Equal("nowhere", nowhere.Json.GetProperty("column_name").GetString());
        Assert.Equal("The column id holds no geometry", number.Error);
    }

    [Fact]
    public async Task Polygon_of_a_hundred_thousand_positions_is_taken_and_a_larger_one_is_400()
    {
        Assert.Equal(HttpStatusCode.OK, (await PostCountAsync("degrees", Circle(20_000))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostCountAsync("degrees", Circle(100_001))).Status);
    }

    private static JsonObject Circle(int positions) => new()
    {
        ["type"] = "Polygon",
        ["coordinates"] = new JsonArray(new JsonArray([.. Enumerable.Range(0, positions).Select(index =>
        {
            var angle = 2 * Math.PI * index / positions;
            return new JsonArray(40 * Math.Cos(angle), 40 * Math.Sin(angle));
        })])),
    };

    private Task<SqlAnswer> CountAsync(string source, string polygon) =>
        fixture.Host.Caller.ModelAsync("formula", source, "{}", ("spatialFilters", $$$"""{"geom":{{{polygon}}}}"""));

    private Task<SqlAnswer> PostCountAsync(string table, JsonNode polygon) => fixture.Host.Caller.PostModelAsync(
        "formula", new JsonObject { ["type"] = "table", ["source"] = table, ["params"] = new JsonObject(), ["spatialFilters"] = new JsonObject { ["geom"] = polygon } });

    private static long Value(SqlAnswer answer) => answer.Json.GetProperty("rows")[0].GetProperty("value").GetInt64();

    private async Task<long> ExpectedAsync(string source, string polygon)
    {
        var from = source.Contains(' ', StringComparison.Ordinal) ? $"({source})" : source;
        await using var command = fixture.Database.Owner.CreateCommand(string.Create(CultureInfo.InvariantCulture, $"""
            SELECT count(*) FROM {from} AS s
            WHERE ST_Intersects(CASE WHEN ST_SRID(geom::geometry) IN (0, 4326) THEN ST_SetSRID(geom::geometry, 4326) ELSE ST_Transform(geom::geometry, 4326) END,
                                ST_MakeValid(ST_GeomFromGeoJSON($1)))
            """));
        // PostGIS wants rings closed.
        command.Parameters.AddWithValue(polygon.Replace("[4,45.2]]]", "[4,45.2],[4,41.01]]]", StringComparison.Ordinal));
        return (long)(await command.ExecuteScalarAsync() ?? 0L);
    }
}
