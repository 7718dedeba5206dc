using System.Text.Json;
using CartoPlatform.MapsApi.Tests.Hosting;

namespace CartoPlatform.MapsApi.Tests.Sources;

/// <summary><c>aggregationExp</c> of geometry: rows of equal geometry become one feature, which carries the aliases and nothing else.</summary>
public sealed class GeometryAggregationTests(MapsFixture fixture) : IClassFixture<MapsFixture>, IAsyncLifetime
{
    private const string Expression = "sum(n) AS N_sum, count(*) as Count_all, 1 AS __aggregationValue, max(name)";

    // Each of a hundred places ten times; one of the rows without a place.
    public Task InitializeAsync() => fixture.Database.ExecuteAsync("""
        CREATE TABLE demo.visits AS
          SELECT i AS id, i AS n, 'n' || lpad(i::text, 4, '0') AS name, ST_Point(i % 100 - 50, (i % 100) / 10, 4326)::geometry(Point, 4326) AS geom
          FROM generate_series(0, 999) AS i;
        ALTER TABLE demo.visits ADD PRIMARY KEY (id);
        CREATE INDEX ON demo.visits USING gist (geom);
        INSERT INTO demo.visits VALUES (1000, 1000000, 'nowhere', NULL);
        ANALYZE demo.visits;
        """);

    public Task DisposeAsync() => fixture.Database.ExecuteAsync("DROP TABLE demo.visits");

    [Theory]
    [InlineData("table", "name=demo.visits")]
    [InlineData("query", "q=SELECT%20*%20FROM%20demo.visits%20WHERE%20n%20<%20$1&queryParameters=[5000]")]
    public async Task Rows_of_a_place_are_one_feature_with_the_aliases_as_written(string kind, string source)
    {
        using var client = fixture.Host().Owner();
        var features = await client.MvtAsync(Url(kind, "/0/0/0", source));
        Assert.Equal(100, features.Count);
        Assert.All(features, feature => Assert.Equal(["Count_all", "N_sum", "__aggregationValue", "max"], feature.Properties.Keys.Order(StringComparer.Ordinal)));
        Assert.Equal(Enumerable.Range(0, 999 + 1).Sum(), features.Sum(feature => (int)(ulong)feature.Properties["N_sum"]));
        Assert.All(features, feature => Assert.Equal((10UL, 1UL), (feature.Properties["Count_all"], feature.Properties["__aggregationValue"])));

        var (points, _, _) = await client.BinaryAsync(Url(kind, "/0/0/0", source));
        Assert.Equal(100, points.NumericProps["N_sum"].Length);
        Assert.Equal("n0900", points.Properties.Select(properties => properties["max"]).Order(StringComparer.Ordinal).First());
    }

    [Fact]
    public async Task Filters_come_before_the_groups()
    {
        using var client = fixture.Host().Owner();
        var filters = MapsClient.Escape("""{"n":{"between":{"values":[[100,299]]}}}""");
        var features = await client.MvtAsync(Url("table", "/0/0/0", $"name=demo.visits&filters={filters}"));
        Assert.Equal(100, features.Count);
        Assert.All(features, feature => Assert.Equal(2UL, feature.Properties["Count_all"]));
    }

    [Fact]
    public async Task Features_are_the_same_over_all_tiles_and_columns_do_not_matter()
    {
        using var client = fixture.Host().Owner();
        var count = 0;
        foreach (var (x, y) in from x in Enumerable.Range(0, 4) from y in Enumerable.Range(0, 4) select (x, y))
        {
            var features = await client.MvtAsync(Url("table", $"/2/{x}/{y}", "name=demo.visits&columns=name,_carto_feature_id"));
            count += features.Count;
            Assert.All(features, feature => Assert.Equal(["Count_all", "N_sum", "__aggregationValue", "_carto_feature_id", "max"], feature.Properties.Keys.Order(StringComparer.Ordinal)));
        }

        Assert.Equal(100, count);
    }

    [Fact]
    public async Task Shapes_are_grouped_too()
    {
        using var client = fixture.Host().Owner();
        var sql = "SELECT i AS n, 'x' AS name, ST_Buffer(ST_Point(i % 3 * 20, 0, 4326), 5) AS geom FROM generate_series(1, 9) AS i";
        var features = await client.MvtAsync(Url("query", "/0/0/0", $"q={MapsClient.Escape(sql)}"));
        Assert.Equal([12UL, 15UL, 18UL], features.Select(feature => (ulong)feature.Properties["N_sum"]).Order());
    }

    [Fact]
    public async Task Map_says_what_tiles_carry_and_what_the_source_has()
    {
        using var client = fixture.Host().Owner();
        var map = await client.OkAsync(Url("table", "", "name=demo.visits"));
        Assert.Equal(101, map.GetProperty("nrows").GetInt64());
        Assert.Equal(["id", "n", "name", "geom"], map.GetProperty("schema").EnumerateArray().Select(field => field.GetProperty("name").GetString()));

        var tileJson = await client.OkAsync(map.GetProperty("tilejson").GetProperty("url")[0].GetString()!);
        Assert.Equal(["N_sum", "Count_all", "__aggregationValue", "max"], Names(tileJson.GetProperty("vector_layers")[0].GetProperty("fields")));
        var layer = tileJson.GetProperty("tilestats").GetProperty("layers")[0];
        Assert.Equal(["Number", "Number", "Number", "String"], layer.GetProperty("attributes").EnumerateArray().Select(attribute => attribute.GetProperty("type").GetString()));
        Assert.Equal(-50, tileJson.GetProperty("bounds")[0].GetDouble(), 6);
        // The tiles are those of the same expression.
        var tile = tileJson.GetProperty("tiles")[0].GetString()!.Replace("{z}/{x}/{y}", "0/0/0", StringComparison.Ordinal).Replace("formatTiles=binary&", "", StringComparison.Ordinal);
        Assert.Equal(100, (await client.MvtAsync(tile)).Count);
    }

    [Fact]
    public async Task Download_has_the_groups()
    {
        using var client = fixture.Host().Owner();
        var collection = await client.OkAsync(Url("table", "", "name=demo.visits&format=geojson"));
        Assert.Equal(101, collection.GetProperty("features").GetArrayLength());
        Assert.Equal(["N_sum", "Count_all", "__aggregationValue", "max"], Names(collection.GetProperty("features")[0].GetProperty("properties")));
    }

    [Fact]
    public async Task Tile_finds_its_rows_by_the_index()
    {
        // As GroupedRows writes it. Sequential scans are priced out: a small table would get one.
        await using var connection = await fixture.Database.Owner.OpenConnectionAsync();
        await using var command = new Npgsql.NpgsqlCommand("""
            SET enable_seqscan = off;
            EXPLAIN (FORMAT JSON) SELECT * FROM (SELECT s.geom AS k1, sum(s.n) AS v1 FROM demo.visits AS s GROUP BY s.geom) AS s WHERE s.k1 && ST_MakeEnvelope(0, 0, 1, 1, 4326)
            """, connection);
        var plan = (string)(await command.ExecuteScalarAsync())!;
        Assert.Contains("visits_geom_idx", plan, StringComparison.Ordinal);
    }

    private static string Url(string kind, string tile, string source) => $"/v3/maps/main/{kind}{tile}?{source}&aggregationExp={MapsClient.Escape(Expression)}";

    private static IEnumerable<string> Names(JsonElement json) => json.EnumerateObject().Select(member => member.Name);
}
