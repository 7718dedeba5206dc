using System.Globalization;
using CartoPlatform.MapsApi.Tests.Hosting;

namespace CartoPlatform.MapsApi.Tests.Sources;

/// <summary>Points in time: every one in a tile, with its track and time, in the order of the track.</summary>
public sealed class TrajectoryTests(MapsFixture fixture) : IClassFixture<MapsFixture>, IAsyncLifetime
{
    private const string Track = "spatialDataType=trajectory&trajectoryIdColumn=VEHICLE&timestampColumn=at";

    // Five vehicles that drive about the world, and one that stands still: cells of thinning would have one of its points.
    public Task InitializeAsync() => fixture.Database.ExecuteAsync("""
        CREATE TABLE demo.tracks AS
          SELECT 'v' || v AS vehicle, timestamptz '2024-05-01 10:00:00+00' + (199 - i) * interval '10 seconds' AS at, i AS seconds, v * 1.5 AS speed,
                 ST_Point(CASE WHEN v = 6 THEN 10 ELSE (i * v) % 360 - 180 END, CASE WHEN v = 6 THEN 10 ELSE v * 10 END, 4326)::geometry(Point, 4326) AS geom
          FROM generate_series(1, 6) AS v, generate_series(0, 199) AS i;
        """);

    public Task DisposeAsync() => fixture.Database.ExecuteAsync("DROP TABLE demo.tracks");

    [Theory]
    [InlineData("table", "name=demo.tracks")]
    [InlineData("query", "q=SELECT%20*%20FROM%20demo.tracks")]
    public async Task Every_point_is_in_one_tile_with_track_and_time(string kind, string source)
    {
        using var client = fixture.Host().Owner();
        var found = new List<(string, string)>();
        foreach (var (x, y) in from x in Enumerable.Range(0, 2) from y in Enumerable.Range(0, 2) select (x, y))
        {
            var features = await client.MvtAsync($"/v3/maps/main/{kind}/1/{x}/{y}?{source}&columns=speed&{Track}");
            Assert.All(features, feature => Assert.Equal(["at", "speed", "vehicle"], feature.Properties.Keys.Order(StringComparer.Ordinal)));
            found.AddRange(features.Select(feature => ((string)feature.Properties["vehicle"], (string)feature.Properties["at"])));
        }

        var expected = from vehicle in Enumerable.Range(1, 6)
                       from i in Enumerable.Range(0, 200)
                       select ($"v{vehicle}", DateTime.UnixEpoch.AddSeconds(1_714_557_600 + i * 10).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
        Assert.Equal(expected, found.Order());
    }

    [Fact]
    public async Task Points_come_in_the_order_of_their_tracks()
    {
        using var client = fixture.Host().Owner();
        var (points, _, _) = await client.BinaryAsync($"/v3/maps/main/table/0/0/0?name=demo.tracks&{Track}");
        var order = points.Properties.Select(properties => (properties["vehicle"], properties["at"])).ToArray();
        Assert.Equal(1200, order.Length);
        Assert.Equal(order.Order(), order);
        // Each of them is one vertex: the layer takes properties by vertex.
        Assert.Equal(Enumerable.Range(0, 1200).Select(i => (uint)i), points.FeatureIds);
    }

    [Fact]
    public async Task Times_may_be_numbers()
    {
        using var client = fixture.Host().Owner();
        var (points, _, _) = await client.BinaryAsync("/v3/maps/main/table/0/0/0?name=demo.tracks&columns=speed&spatialDataType=trajectory&trajectoryIdColumn=vehicle&timestampColumn=seconds");
        Assert.Equal(Enumerable.Range(0, 6).SelectMany(_ => Enumerable.Range(0, 200)).Select(i => (double)i), points.NumericProps["seconds"]);
    }

    [Fact]
    public async Task Map_leads_to_tiles_of_the_same_tracks()
    {
        using var client = fixture.Host().Owner();
        var map = await client.OkAsync($"/v3/maps/main/table?name=demo.tracks&columns=speed&{Track}");
        Assert.Equal(1200, map.GetProperty("nrows").GetInt64());
        var tileJson = await client.OkAsync(map.GetProperty("tilejson").GetProperty("url")[0].GetString()!);
        Assert.Equal(["speed", "vehicle", "at"], tileJson.GetProperty("vector_layers")[0].GetProperty("fields").EnumerateObject().Select(member => member.Name));
        var tile = tileJson.GetProperty("tiles")[0].GetString()!;
        Assert.Contains("spatialDataType=trajectory", tile, StringComparison.Ordinal);
        var (points, _, _) = await client.BinaryAsync(tile.Replace("{z}/{x}/{y}", "0/0/0", StringComparison.Ordinal).Replace("&formatTiles=binary", "", StringComparison.Ordinal));
        Assert.Equal(1200, points.FeatureIds.Length);
    }

    [Fact]
    public async Task Long_query_keeps_its_tracks_behind_a_short_URL()
    {
        using var client = fixture.Host().Owner();
        var body = $$"""
            {"q":"SELECT * FROM demo.tracks -- {{new string('x', 3_000)}}","spatialDataType":"trajectory","trajectoryIdColumn":"vehicle","timestampColumn":"at"}
            """;
        var (_, map) = await client.PostJsonAsync("/v3/maps/main/query", body);
        var tileJson = await client.OkAsync(map.GetProperty("tilejson").GetProperty("url")[0].GetString()!);
        var tile = tileJson.GetProperty("tiles")[0].GetString()!;
        Assert.Contains("definition=", tile, StringComparison.Ordinal);
        Assert.Equal(1200, (await client.MvtAsync(tile.Replace("{z}/{x}/{y}", "0/0/0", StringComparison.Ordinal).Replace("&formatTiles=binary", "", StringComparison.Ordinal))).Count);
    }

    [Fact]
    public async Task Aggregates_are_of_the_points_of_one_track_time_and_place()
    {
        await fixture.Database.ExecuteAsync("CREATE TABLE demo.twice AS SELECT * FROM demo.tracks UNION ALL SELECT * FROM demo.tracks WHERE vehicle = 'v1'");
        using var client = fixture.Host().Owner();
        var features = await client.MvtAsync($"/v3/maps/main/table/0/0/0?name=demo.twice&{Track}&aggregationExp=count(*)%20AS%20N");
        Assert.Equal(1200, features.Count);
        Assert.All(features, feature => Assert.Equal(["N", "at", "vehicle"], feature.Properties.Keys.Order(StringComparer.Ordinal)));
        Assert.All(features, feature => Assert.Equal((string)feature.Properties["vehicle"] == "v1" ? 2UL : 1UL, feature.Properties["N"]));
    }
}
