using System.Globalization;
using CartoPlatform.MapsApi.Tests.Hosting;
using CartoPlatform.Tiles.Tests.Decoding;

namespace CartoPlatform.MapsApi.Tests.Tiles;

/// <summary>One point for each cell eight levels below the tile, with the number of rows (contract, section 6.2).</summary>
public sealed class ThinningTests(MapsFixture fixture) : IClassFixture<MapsFixture>, IAsyncLifetime
{
    private const string Density = "_carto_point_density";

    // Of 5,000 rows three quarters in one city, each tenth without a place.
    public Task InitializeAsync() => fixture.Database.ExecuteAsync("""
        SELECT setseed(0.25);
        CREATE TABLE demo.crowd AS
          SELECT i AS id, i % 7 AS kind, 'n' || i AS name, 99 AS _carto_point_density,
                 CASE WHEN i % 10 > 0 THEN ST_Point(CASE WHEN i % 4 > 0 THEN 2.3 + random() ELSE random() * 360 - 180 END, CASE WHEN i % 4 > 0 THEN 48 + random() ELSE random() * 170 - 85 END, 4326) END::geometry(Point, 4326) AS geom
          FROM generate_series(1, 5000) AS i;
        CREATE INDEX ON demo.crowd USING gist (geom);
        CREATE TABLE demo.crowd_metric AS SELECT id, ST_Transform(geom, 3857) AS geom FROM demo.crowd;
        CREATE TABLE demo.crowd_lambert AS SELECT id, ST_Transform(geom, 3035)::geometry(Point, 3035) AS geom FROM demo.crowd WHERE id % 4 > 0;
        """);

    public Task DisposeAsync() => fixture.Database.ExecuteAsync("DROP TABLE demo.crowd, demo.crowd_metric, demo.crowd_lambert");

    [Theory]
    [InlineData("table", "name=demo.crowd", 4500, 0)]
    [InlineData("table", "name=demo.crowd", 4500, 2)]
    [InlineData("table", "name=demo.crowd&tileResolution=0.25", 4500, 1)]
    [InlineData("table", "name=demo.crowd&tileResolution=4", 4500, 1)]
    [InlineData("table", "name=demo.crowd_metric", 4500, 1)]
    [InlineData("table", "name=demo.crowd_lambert", 3500, 1)]
    [InlineData("query", "q=SELECT%20*%20FROM%20demo.crowd%20WHERE%20kind%20<%20$1&queryParameters=[3]", 0, 1)]
    [InlineData("table", "name=demo.crowd&columns=id&filters=%7B%22kind%22:%7B%22in%22:%7B%22values%22:[0,1,2]%7D%7D%7D", 0, 1)]
    public async Task Densities_of_all_tiles_of_a_zoom_are_the_rows(string kind, string source, int rows, int zoom)
    {
        using var client = fixture.Host().Owner();
        if (rows == 0) rows = (int)await CountAsync("kind < 3");
        var sum = 0L;
        foreach (var (x, y) in Tiles(zoom))
            sum += (await client.MvtAsync($"/v3/maps/main/{kind}/{zoom}/{x}/{y}?{source}")).Sum(feature => (long)(ulong)feature.Properties[Density]);
        Assert.Equal(rows, sum);
    }

    [Theory]
    [InlineData("0.25", 128)]
    [InlineData("0.5", 256)]
    [InlineData("1", 512)]
    [InlineData("2", 1024)]
    [InlineData("4", 2048)]
    public async Task Cells_have_one_feature_each_and_are_those_of_the_ids(string resolution, int cells)
    {
        using var client = fixture.Host().Owner();
        var (points, _, _) = await client.BinaryAsync($"/v3/maps/main/table/0/0/0?name=demo.crowd&columns=id,_carto_feature_id&tileResolution={resolution}");
        var ids = points.Properties.Select(properties => properties["_carto_feature_id"]).ToArray();
        Assert.Equal(ids.Length, ids.Distinct().Count());
        var expected = await ReadAsync($"""
            SELECT x || '/' || y, count(*) FROM (
              SELECT floor((ST_X(geom) + 180) / 360 * {cells})::int AS x, floor((0.5 - ln(tan(pi() / 4 + radians(ST_Y(geom)) / 2)) / (2 * pi())) * {cells})::int AS y FROM demo.crowd WHERE geom IS NOT NULL) AS t
            GROUP BY 1
            """);
        Assert.Equal(expected.OrderBy(pair => pair.Key, StringComparer.Ordinal),
            ids.Select((id, i) => KeyValuePair.Create(id.Split('/', 2)[1], (long)points.NumericProps[Density][i])).OrderBy(pair => pair.Key, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Tile_is_the_same_whatever_the_order_of_the_rows()
    {
        using var client = fixture.Host().Owner();
        const string Url = "/v3/maps/main/table/0/0/0?name=demo.crowd&formatTiles=binary";
        using var first = await client.AskAsync(Url);
        await fixture.Database.ExecuteAsync("CREATE TABLE demo.copy AS SELECT * FROM demo.crowd ORDER BY random(); TRUNCATE demo.crowd; INSERT INTO demo.crowd SELECT * FROM demo.copy; DROP TABLE demo.copy");
        using var second = await client.AskAsync(Url);
        Assert.Equal(first.Headers.ETag, second.Headers.ETag);
        Assert.NotNull(first.Headers.ETag);
    }

    [Fact]
    public async Task Header_says_how_many_rows_another_stands_for()
    {
        using var client = fixture.Host().Owner();
        using var response = await client.AskAsync("/v3/maps/main/table/0/0/0?name=demo.crowd&formatTiles=mvt");
        var features = MvtReader.Read(await response.Content.ReadAsByteArrayAsync())[0].Features;
        Assert.Equal(4500 - features.Count, int.Parse(Assert.Single(response.Headers.GetValues("X-Carto-Tile-Thinned")), CultureInfo.InvariantCulture));
        Assert.False(response.Headers.Contains("X-Carto-Tile-Dropped"));
    }

    [Fact]
    public async Task Cells_beyond_the_budget_are_dropped_with_their_rows()
    {
        using var client = fixture.Host(("MapsApi:MaxFeatures", "50")).Owner();
        using var response = await client.AskAsync("/v3/maps/main/table/0/0/0?name=demo.crowd&formatTiles=mvt");
        var features = MvtReader.Read(await response.Content.ReadAsByteArrayAsync())[0].Features;
        Assert.Equal(50, features.Count);
        var dropped = long.Parse(Assert.Single(response.Headers.GetValues("X-Carto-Tile-Dropped")), CultureInfo.InvariantCulture);
        Assert.Equal(4500, dropped + features.Sum(feature => (long)(ulong)feature.Properties[Density]));
    }

    [Fact]
    public async Task Setting_turns_it_off_and_a_column_of_that_name_comes_back()
    {
        using var client = fixture.Host(("MapsApi:PointThinning", "false")).Owner();
        var features = await client.MvtAsync("/v3/maps/main/table/0/0/0?name=demo.crowd");
        Assert.Equal(4500, features.Count);
        Assert.All(features, feature => Assert.Equal(99UL, feature.Properties[Density]));
    }

    [Fact]
    public async Task TileJson_lists_the_density_once()
    {
        using var client = fixture.Host().Owner();
        var tileJson = await client.OkAsync("/v3/maps/main/table?name=demo.crowd&format=tilejson");
        Assert.Equal("Number", tileJson.GetProperty("vector_layers")[0].GetProperty("fields").GetProperty(Density).GetString());
        var attributes = tileJson.GetProperty("tilestats").GetProperty("layers")[0].GetProperty("attributes").EnumerateArray();
        Assert.Single(attributes, attribute => attribute.GetProperty("attribute").GetString() == Density);
    }

    [Fact]
    public async Task Shapes_have_no_density()
    {
        using var client = fixture.Host().Owner();
        var url = $"/v3/maps/main/query/0/0/0?q={MapsClient.Escape("SELECT 1 AS id, ST_MakeEnvelope(0, 0, 9, 9, 4326) AS geom")}";
        Assert.False(Assert.Single(await client.MvtAsync(url)).Properties.ContainsKey(Density));
    }

    private static IEnumerable<(int X, int Y)> Tiles(int zoom) =>
        from x in Enumerable.Range(0, 1 << zoom)
        from y in Enumerable.Range(0, 1 << zoom)
        select (x, y);

    private async Task<long> CountAsync(string condition)
    {
        await using var command = fixture.Database.Owner.CreateCommand($"SELECT count(geom) FROM demo.crowd WHERE {condition}");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private async Task<Dictionary<string, long>> ReadAsync(string sql)
    {
        await using var command = fixture.Database.Owner.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new Dictionary<string, long>();
        while (await reader.ReadAsync()) rows[reader.GetString(0)] = reader.GetInt64(1);
        return rows;
    }
}
