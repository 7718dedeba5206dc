using System.Text.Json;
using CartoPlatform.SqlApi.Tests.Hosting;

namespace CartoPlatform.SqlApi.Tests.Stats;

/// <summary>The box around geometry of all kinds, against boxes known beforehand.</summary>
public sealed class ExtentTests(SqlFixture fixture) : IClassFixture<SqlFixture>, IAsyncLifetime
{
    private StatsClient Client => new(fixture.Host.Caller);

    public Task InitializeAsync() => fixture.Database.ExecuteAsync(
        """
        DROP SCHEMA IF EXISTS places CASCADE;
        CREATE SCHEMA places;
        CREATE TABLE places.point (id int, kind text, geom geometry(Point, 4326), mercator geometry(Point, 3857), plain geometry, mixed geometry, geog geography, name text);
        INSERT INTO places.point
        SELECT n, (ARRAY['a', 'b'])[n % 2 + 1], p, ST_Transform(p, 3857), ST_SetSRID(p, 0), CASE n % 3 WHEN 0 THEN ST_Transform(p, 3857) WHEN 1 THEN p ELSE ST_SetSRID(p, 0) END, p, 'x'
        FROM (SELECT n, ST_Point(-10 + n, 20 + n / 2.0, 4326) AS p FROM generate_series(0, 20) AS n) AS t;
        INSERT INTO places.point (id, kind, geom, plain) VALUES
          (100, 'bad', NULL, NULL), (101, 'bad', 'SRID=4326;POINT EMPTY', 'POINT EMPTY'),
          (102, 'bad', ST_Point('NaN', 'NaN', 4326), ST_Point('NaN', 'NaN')), (103, 'bad', NULL, ST_Point('Infinity', '-Infinity'));
        CREATE TABLE places.shape (geom geometry);
        INSERT INTO places.shape VALUES ('SRID=4326;CURVEPOLYGON(CIRCULARSTRING(0 0, 1 1, 2 0, 1 -1, 0 0))'), ('SRID=4326;LINESTRING Z (5 5 9, 6 7 9)'),
          ('SRID=4326;GEOMETRYCOLLECTION(POINT(-3 0), LINESTRING(0 0, 1 8))');
        CREATE TABLE places.empty (geom geometry(Polygon, 4326));
        """);

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("geom")]
    [InlineData("mercator")]
    [InlineData("plain")]
    [InlineData("mixed")]
    [InlineData("geog")]
    [InlineData("GEOM")]
    [InlineData("undefined")]
    public async Task Extent_is_in_degrees_whatever_the_system(string column) =>
        AssertExtent(await Client.StatsAsync("places.point", column, "filters={}&spatialDataType=geo&client=x"), -10, 20, 10, 30);

    [Fact]
    public async Task Attribute_and_type_are_named_as_for_other_columns()
    {
        var stats = await Client.StatsAsync("places.point", "undefined");
        Assert.Equal(("geom", "Geometry"), (stats.GetProperty("attribute").GetString(), stats.GetProperty("type").GetString()));
    }

    [Fact]
    public async Task Curves_collections_and_heights_are_measured() => AssertExtent(await Client.StatsAsync("places.shape", "geom"), -3, -1, 6, 8);

    [Fact]
    public async Task Filters_of_any_owner_narrow_it()
    {
        var filters = Uri.EscapeDataString("""{"id": {"between": {"values": [[4, 8]], "owner": "w"}}, "kind": {"in": {"values": ["a"]}}}""");
        AssertExtent(await Client.StatsAsync("places.point", "geom", $"filters={filters}"), -6, 22, -2, 24);
    }

    [Fact]
    public async Task Query_has_an_extent()
    {
        var answer = await Client.OfQueryAsync("SELECT geom, mixed AS other FROM places.point WHERE id <= @id", "other", "queryParameters={\"id\":2}&filters={}");
        AssertExtent(StatsClient.Found(answer), -10, 20, -8, 21);
    }

    [Theory]
    [InlineData("places.empty", "")]
    [InlineData("places.point", "filters={\"kind\":{\"in\":{\"values\":[\"bad\"]}}}")]
    [InlineData("places.point", "filters={\"kind\":{\"in\":{\"values\":[]}}}")]
    public async Task Nothing_has_no_extent(string table, string parameters)
    {
        var extent = (await Client.StatsAsync(table, "geom", parameters)).GetProperty("extent");
        Assert.Equal(["xmin", "ymin", "xmax", "ymax"], extent.EnumerateObject().Select(side => side.Name));
        Assert.All(extent.EnumerateObject(), side => Assert.Equal(JsonValueKind.Null, side.Value.ValueKind));
    }

    [Fact]
    public async Task Large_table_is_told_by_its_statistics_and_marked()
    {
        await fixture.Database.ExecuteAsync(
            """
            CREATE TABLE places.many AS SELECT n AS id, ST_Point(n % 100, n % 50, 4326)::geometry(Point, 4326) AS geom FROM generate_series(1, 5000) AS n;
            CREATE INDEX ON places.many USING gist (geom);
            ANALYZE places.many;
            """);
        using var host = fixture.Start(("Sql:Stats:MaxRows", "1000"));
        var client = new StatsClient(host.Caller);

        var estimated = await client.StatsAsync("places.many", "geom");
        Assert.True(estimated.GetProperty("estimated").GetBoolean());
        AssertExtent(estimated, 0, 0, 99, 49, tolerance: 0.01);

        var exact = await client.StatsAsync("places.many", "geom", "filters={\"id\":{\"between\":{\"values\":[[1,10]]}}}");
        Assert.False(exact.TryGetProperty("estimated", out _));
        AssertExtent(exact, 1, 1, 10, 10);
    }

    [Fact]
    public async Task Geometry_is_measured_where_cells_are_made_of_it() =>
        AssertExtent(await Client.StatsAsync("places.point", "geom", "spatialDataType=h3"), -10, 20, 10, 30);

    internal static void AssertExtent(JsonElement stats, double west, double south, double east, double north, double tolerance = 1e-9)
    {
        var extent = stats.GetProperty("extent");
        Assert.Equal(west, extent.GetProperty("xmin").GetDouble(), tolerance);
        Assert.Equal(south, extent.GetProperty("ymin").GetDouble(), tolerance);
        Assert.Equal(east, extent.GetProperty("xmax").GetDouble(), tolerance);
        Assert.Equal(north, extent.GetProperty("ymax").GetDouble(), tolerance);
    }
}
