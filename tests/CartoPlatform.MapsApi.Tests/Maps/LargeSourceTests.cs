using CartoPlatform.MapsApi.Tests.Hosting;

namespace CartoPlatform.MapsApi.Tests.Maps;

/// <summary>Beyond half a million rows statistics answer for the table, and what has none is measured as far as the time limit allows.</summary>
public sealed class LargeSourceTests(MapsFixture fixture) : IClassFixture<MapsFixture>, IAsyncLifetime
{
    private const int Rows = 600_000;

    public Task InitializeAsync() => fixture.Database.ExecuteAsync($"""
        CREATE TABLE demo.large AS SELECT i AS id, ST_SetSRID(ST_Point(10 + (i % 1000) / 100.0, 40 + (i / 1000) / 100.0), 4326)::geometry(Point, 4326) AS geom FROM generate_series(0, {Rows - 1}) AS i;
        CREATE TABLE demo.parted (LIKE demo.large) PARTITION BY RANGE (id);
        CREATE TABLE demo.parted_1 PARTITION OF demo.parted FOR VALUES FROM (0) TO (300000);
        CREATE TABLE demo.parted_2 PARTITION OF demo.parted FOR VALUES FROM (300000) TO ({Rows});
        INSERT INTO demo.parted SELECT * FROM demo.large;
        CREATE VIEW demo.large_view AS SELECT * FROM demo.large;
        ANALYZE demo.large; ANALYZE demo.parted;
        """);

    public Task DisposeAsync() => fixture.Database.ExecuteAsync("DROP TABLE demo.large, demo.parted CASCADE");

    [Theory]
    [InlineData("table?name=demo.large")]
    [InlineData("table?name=demo.parted")]
    [InlineData("table?name=demo.large_view")]
    [InlineData("query?q=SELECT%20*%20FROM%20demo.large")]
    public async Task Rows_and_bounds_are_about_right(string source)
    {
        using var client = fixture.Host().Owner();
        Assert.InRange((await client.OkAsync($"/v3/maps/main/{source}")).GetProperty("nrows").GetInt64(), Rows * 0.95, Rows * 1.05);
        var bounds = (await client.OkAsync($"/v3/maps/main/{source}&format=tilejson")).GetProperty("bounds").EnumerateArray().Select(value => value.GetDouble()).ToArray();
        Assert.All(bounds.Zip([10.0, 40, 20, 46]), pair => Assert.Equal(pair.Second, pair.First, 0.5));
    }

    [Fact]
    public async Task Slow_query_has_the_world_for_bounds_and_the_planner_for_a_count()
    {
        using var client = fixture.Host().Owner();
        var q = MapsClient.Escape("SELECT ST_SetSRID(ST_Point(1, i), 4326) AS geom FROM generate_series(1, 50) AS i, pg_sleep(CASE WHEN i > 1 THEN 0.5 ELSE 0 END)");
        var tileJson = await client.OkAsync($"/v3/maps/main/query?q={q}&format=tilejson");
        Assert.Equal(-180, tileJson.GetProperty("bounds")[0].GetDouble());
        Assert.InRange(tileJson.GetProperty("tilestats").GetProperty("layers")[0].GetProperty("count").GetInt64(), 1, 100_000);
    }
}
