using System.Globalization;
using System.Net;
using CartoPlatform.MapsApi.Tests.Hosting;

namespace CartoPlatform.MapsApi.Tests.Tiles;

/// <summary>The ids by which <c>pick</c> finds the rows of features again (contract, section 6.5).</summary>
public sealed class FeatureIdTests(MapsFixture fixture) : IClassFixture<MapsFixture>, IAsyncLifetime
{
    private const string Name = "_carto_feature_id";
    private const string Asked = $"columns=id,{Name}";

    // The MD5 of the EWKB of LINESTRING(0 0, 50 50) in 4326, by another program.
    private const string HashOfLine = "12e025b021895b1c0884c9f9a0e40388";

    // A place whose cells are far from those of the corners.
    private const double Lon = 2.3522;
    private const double Lat = 48.8566;

    public Task InitializeAsync() => fixture.Database.ExecuteAsync(
        """
        DROP TABLE IF EXISTS demo.shapes, demo.places, demo.mercator, demo.stored;
        CREATE TABLE demo.shapes (id int PRIMARY KEY, geom geometry);
        INSERT INTO demo.shapes VALUES
          (1, ST_MakeEnvelope(0, 0, 40, 40, 4326)), (2, 'SRID=4326;LINESTRING(0 0, 50 50)'), (3, ST_MakeEnvelope(0, 0, 40, 40, 4326)),
          (4, 'SRID=4326;MULTIPOINT(10 10)'), (5, NULL), (6, 'SRID=4326;POLYGON EMPTY');
        CREATE TABLE demo.places (id int PRIMARY KEY, geom geography(Point, 4326));
        INSERT INTO demo.places VALUES (1, ST_Point(2.3522, 48.8566)), (2, NULL);
        CREATE TABLE demo.mercator (id int PRIMARY KEY, geom geometry);
        INSERT INTO demo.mercator VALUES (1, ST_Transform(ST_Point(2.3522, 48.8566, 4326), 3857));
        CREATE TABLE demo.stored (id int, _carto_feature_id text, geom geometry);
        INSERT INTO demo.stored VALUES (1, 'mine', 'SRID=4326;LINESTRING(0 0, 50 50)'), (2, 'far', 'SRID=4326;POINT(1e308 -1e308)'), (3, 'empty', 'POINT EMPTY');
        GRANT USAGE ON SCHEMA demo TO PUBLIC;
        GRANT SELECT ON ALL TABLES IN SCHEMA demo TO PUBLIC;
        """);

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("table/0/0/0?name=demo.shapes")]
    [InlineData("query/0/0/0?q=SELECT%20*%20FROM%20demo.shapes")]
    public async Task Shapes_carry_the_hash_of_their_whole_geometry(string tile)
    {
        var url = $"/v3/maps/main/{tile}&{Asked}";
        using var client = fixture.Host().Owner();
        using var database = fixture.Host(("MapsApi:TileEncoder", "database")).Owner();

        var expected = new Dictionary<object, object>();
        foreach (var id in (int[])[1, 2, 3, 4]) expected[(ulong)id] = await HashAsync(id);
        Assert.Equal(expected, (await client.MvtAsync(url)).ToDictionary(feature => feature.Properties["id"], feature => feature.Properties[Name]));
        Assert.Equal(expected, (await database.MvtAsync(url)).ToDictionary(feature => feature.Properties["id"], feature => feature.Properties[Name]));
        var (points, lines, polygons) = await client.BinaryAsync(url);
        Assert.Equal(expected[4UL], points.Properties[0][Name]);
        Assert.Equal(expected[2UL], lines.Properties[0][Name]);
        Assert.Equal([expected[1UL], expected[3UL]], polygons.Properties.Select(properties => properties[Name]));
    }

    [Theory]
    [InlineData("demo.places", 0, "0.25")]
    [InlineData("demo.places", 5, "0.5")]
    [InlineData("demo.places", 11, "4")]
    [InlineData("demo.mercator", 5, "1")]
    [InlineData("demo.mercator", 24, "4")]
    public async Task Points_carry_the_cell_of_the_zoom_and_resolution(string table, int zoom, string resolution)
    {
        using var client = fixture.Host().Owner();
        var (x, y) = CellAt(zoom);
        var url = $"/v3/maps/main/table/{zoom}/{x}/{y}?name={table}&tileResolution={resolution}&{Asked}";

        var level = zoom + 9 + (int)Math.Log2(double.Parse(resolution, CultureInfo.InvariantCulture));
        var (column, row) = CellAt(level);
        Assert.Equal($"{level}/{column}/{row}", Assert.Single(await client.MvtAsync(url)).Properties[Name]);
        Assert.Equal($"{level}/{column}/{row}", Assert.Single((await client.BinaryAsync(url)).Points.Properties)[Name]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("&columns=id")]
    [InlineData("&featureBbox=true")]
    public async Task Tile_that_is_not_asked_for_ids_has_none(string more)
    {
        using var client = fixture.Host().Owner();
        Assert.All(await client.MvtAsync($"/v3/maps/main/table/0/0/0?name=demo.shapes{more}"), feature => Assert.False(feature.Properties.ContainsKey(Name)));
    }

    [Fact]
    public async Task Column_of_that_name_is_what_a_tile_has_unless_the_id_is_asked_for()
    {
        using var client = fixture.Host().Owner();
        const string Url = "/v3/maps/main/table/0/0/0?name=demo.stored";

        Assert.Contains(await client.MvtAsync(Url), feature => Equals(feature.Properties[Name], "mine"));
        Assert.Contains(await client.MvtAsync($"{Url}&{Asked}"), feature => Equals(feature.Properties[Name], HashOfLine));
        Assert.DoesNotContain(await client.MvtAsync($"{Url}&{Asked}"), feature => Equals(feature.Properties[Name], "mine"));
    }

    [Fact]
    public async Task Map_with_ids_says_so_and_its_downloads_leave_them_out()
    {
        using var client = fixture.Host().Owner();
        const string Url = $"/v3/maps/main/table?name=demo.shapes&{Asked}";

        var map = await client.OkAsync(Url);
        var tileJson = await client.OkAsync(map.GetProperty("tilejson").GetProperty("url")[0].GetString()!);
        Assert.Equal("String", tileJson.GetProperty("vector_layers")[0].GetProperty("fields").GetProperty(Name).GetString());
        Assert.Contains(Name, tileJson.GetProperty("tiles")[0].GetString(), StringComparison.Ordinal);
        Assert.False((await client.OkAsync($"{Url}&format=geojson")).GetProperty("features")[0].GetProperty("properties").TryGetProperty(Name, out _));
        Assert.Equal(HttpStatusCode.BadRequest, (await client.AskJsonAsync($"{Url},nowhere")).Status);
    }

    // Web Mercator by hand.
    private static (long X, long Y) CellAt(int level) => (
        (long)Math.Floor((Lon + 180) / 360 * Math.Pow(2, level)),
        (long)Math.Floor((1 - Math.Asinh(Math.Tan(Lat * Math.PI / 180)) / Math.PI) / 2 * Math.Pow(2, level)));

    private async Task<string> HashAsync(int id)
    {
        await using var command = fixture.Database.Owner.CreateCommand($"SELECT md5(ST_AsEWKB(geom)) FROM demo.shapes WHERE id = {id}");
        return (string)(await command.ExecuteScalarAsync() ?? "");
    }
}
