using System.Globalization;
using System.Net;
using CartoPlatform.MapsApi.Tests.Hosting;
using CartoPlatform.Tiles.Tests.Decoding;

namespace CartoPlatform.MapsApi.Tests.Tiles;

/// <summary>What is in a tile, compared with SQL on the same table.</summary>
public sealed class TileContentTests(MapsFixture fixture) : IClassFixture<MapsFixture>, IAsyncLifetime
{
    public Task InitializeAsync() => fixture.Database.ExecuteAsync("""
        CREATE TABLE demo.points AS
          SELECT i AS id, 'n' || i AS name, i * 1.5 AS price, ST_SetSRID(ST_Point(-180 + random() * 360, -85 + random() * 170), 4326)::geometry(Point, 4326) AS geom
          FROM generate_series(1, 2000) AS i;
        CREATE TABLE demo.shapes AS
          SELECT i AS id, ST_Multi(ST_Buffer(ST_SetSRID(ST_Point(random() * 40, 30 + random() * 30), 4326), 0.2 + random(), 6))::geometry(MultiPolygon, 4326) AS geom
          FROM generate_series(1, 300) AS i;
        ALTER TABLE demo.points ADD PRIMARY KEY (id);
        CREATE INDEX ON demo.points USING gist (geom);
        """);

    public Task DisposeAsync() => fixture.Database.ExecuteAsync("DROP TABLE demo.points, demo.shapes");

    [Theory]
    [InlineData("table?name=demo.points")]
    [InlineData("query?q=SELECT%20*%20FROM%20demo.points")]
    public async Task Every_point_is_in_exactly_one_tile_of_a_zoom(string source)
    {
        var host = fixture.Host(("MapsApi:PointThinning", "false"));
        using var client = host.Owner();
        var names = new List<object>();
        foreach (var tile in AllTiles(2))
            names.AddRange((await client.MvtAsync(Tile(source, tile))).Select(feature => feature.Properties["name"]));
        Assert.Equal(Enumerable.Range(1, 2000).Select(i => $"n{i}").Order(StringComparer.Ordinal), names.Cast<string>().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Binary_points_keep_their_place_and_values()
    {
        var host = fixture.Host(("MapsApi:PointThinning", "false"));
        using var client = host.Owner();
        var (points, _, _) = await client.BinaryAsync("/v3/maps/main/table/0/0/0?name=demo.points");
        var expected = await ReadAsync("SELECT id::float8, price::float8, ST_X(geom), ST_Y(geom) FROM demo.points ORDER BY id");
        Assert.Equal(expected.Select(row => row[0]), points.NumericProps["id"]);
        Assert.Equal(expected.Select(row => row[1]), points.NumericProps["price"]);
        Assert.Equal(expected.SelectMany(row => row[2..]), points.Positions);
    }

    // ST_AsMVTGeom also draws what snaps to an edge from the next tile: points on edges are not compared.
    [Fact]
    public async Task Both_encoders_draw_the_same_points()
    {
        var reference = fixture.Host(("MapsApi:TileEncoder", "database"));
        var host = fixture.Host(("MapsApi:PointThinning", "false"));
        using var expected = reference.Owner();
        using var client = host.Owner();
        foreach (var tile in AllTiles(1))
        {
            var url = Tile("table?name=demo.points&tileResolution=4", tile);
            Assert.Equal(Inner(await expected.MvtAsync(url)), Inner(await client.MvtAsync(url)));
        }

        static IEnumerable<(string?, (int X, int Y))> Inner(IReadOnlyList<MvtFeature> features) =>
            features.Select(feature => (feature.Properties["id"].ToString(), feature.Parts[0][0])).Where(point => point.Item2 is { X: > 0 and < 4096, Y: > 0 and < 4096 });
    }

    [Theory]
    [InlineData("4326")]
    [InlineData("3857")]
    [InlineData("3035")]
    [InlineData("25832")]
    public async Task Area_of_polygons_is_that_of_SQL_in_any_reference_system(string srid)
    {
        await fixture.Database.ExecuteAsync($"CREATE TABLE demo.moved_{srid} AS SELECT id, ST_Transform(geom, {srid}) AS geom FROM demo.shapes; CREATE INDEX ON demo.moved_{srid} USING gist (geom)");
        var host = fixture.Host();
        using var client = host.Owner();
        var box = "ST_TileEnvelope(5, 17, 10)";
        var expected = (await ReadAsync($"SELECT id::float8, ST_Area(ST_Intersection(ST_Transform(geom, 3857), {box})) FROM demo.moved_{srid} WHERE ST_Intersects(ST_Transform(geom, 3857), {box}) ORDER BY id"))
            .Where(row => row[1] > 1e9).ToList();
        Assert.NotEmpty(expected);

        var features = await client.MvtAsync($"/v3/maps/main/table/5/17/10?name=demo.moved_{srid}&tileResolution=4");
        var unit = 40075016.68 / 32 / 4096;
        foreach (var row in expected)
        {
            var feature = Assert.Single(features, feature => Convert.ToDouble(feature.Properties["id"], CultureInfo.InvariantCulture) == row[0]);
            // Clipped here to the tile itself: the tile holds a buffer too, so only shapes within it are compared.
            if (feature.Parts.SelectMany(part => part).Any(point => point.X is < 0 or > 4096 || point.Y is < 0 or > 4096)) continue;
            Assert.Equal(row[1], feature.Parts.Sum(Area) * unit * unit, row[1] * 0.02);
        }
    }

    [Fact]
    public async Task Empty_area_is_204_without_a_body()
    {
        var host = fixture.Host();
        using var client = host.Owner();
        using var response = await client.AskAsync("/v3/maps/main/table/10/0/0?name=demo.shapes");
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Columns_are_the_attributes_and_their_order_does_not_matter()
    {
        var host = fixture.Host(("MapsApi:PointThinning", "false"));
        using var client = host.Owner();
        var feature = (await client.MvtAsync("/v3/maps/main/table/0/0/0?name=demo.points&columns=PRICE,name,geom,name"))[0];
        Assert.Equal(["name", "price"], feature.Properties.Keys.Order());
    }

    [Fact]
    public async Task Tile_resolution_is_the_grid_of_the_tile()
    {
        var host = fixture.Host();
        using var client = host.Owner();
        var coarse = await client.MvtAsync("/v3/maps/main/table/0/0/0?name=demo.points&tileResolution=0.25");
        var fine = await client.MvtAsync("/v3/maps/main/table/0/0/0?name=demo.points&tileResolution=4");
        Assert.All(coarse, feature => Assert.InRange(feature.Parts[0][0].X, 0, 256));
        Assert.Contains(fine, feature => feature.Parts[0][0].X > 2048);
    }

    [Fact]
    public async Task Feature_bbox_is_of_the_whole_polygon_in_degrees()
    {
        var host = fixture.Host();
        using var client = host.Owner();
        var features = await client.MvtAsync("/v3/maps/main/query/6/35/20?featureBbox=true&q=SELECT%20id,%20ST_Transform(geom,3857)%20AS%20geom%20FROM%20demo.shapes");
        var expected = (await ReadAsync("SELECT id::float8, ST_XMin(geom), ST_YMin(geom), ST_XMax(geom), ST_YMax(geom) FROM demo.shapes")).ToDictionary(row => row[0]);
        Assert.NotEmpty(features);
        foreach (var feature in features)
        {
            var box = ((string)feature.Properties["_carto_bbox"]).Split(',').Select(part => double.Parse(part, CultureInfo.InvariantCulture)).ToArray();
            var row = expected[Convert.ToDouble(feature.Properties["id"], CultureInfo.InvariantCulture)];
            Assert.All(Enumerable.Range(0, 4), i => Assert.Equal(row[i + 1], box[i], 1e-6));
        }
    }

    [Fact]
    public async Task Query_parameters_are_values_not_text()
    {
        var host = fixture.Host();
        using var client = host.Owner();
        var sql = MapsClient.Escape("-- first\nSELECT * FROM demo.points WHERE id = ANY($1) OR name = $2 -- last");
        var values = MapsClient.Escape("""[[1,2],"n3' OR true --"]""");
        var features = await client.MvtAsync($"/v3/maps/main/query/0/0/0?q={sql}&queryParameters={values}");
        Assert.Equal(["n1", "n2"], features.Select(feature => (string)feature.Properties["name"]).Order());
    }

    private static string Tile(string source, (int Z, int X, int Y) tile)
    {
        var parts = source.Split('?', 2);
        return $"/v3/maps/main/{parts[0]}/{tile.Z}/{tile.X}/{tile.Y}?{parts[1]}";
    }

    private static IEnumerable<(int Z, int X, int Y)> AllTiles(int zoom) =>
        from x in Enumerable.Range(0, 1 << zoom)
        from y in Enumerable.Range(0, 1 << zoom)
        select (zoom, x, y);

    // Shoelace formula; positive for shells, negative for holes.
    private static double Area((int X, int Y)[] ring) =>
        ring.Select((point, i) => (Point: point, Next: ring[(i + 1) % ring.Length])).Sum(edge => (double)edge.Point.X * edge.Next.Y - (double)edge.Next.X * edge.Point.Y) / 2;

    private async Task<List<double[]>> ReadAsync(string sql)
    {
        await using var command = fixture.Database.Owner.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<double[]>();
        while (await reader.ReadAsync()) rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetDouble)]);
        return rows;
    }
}
