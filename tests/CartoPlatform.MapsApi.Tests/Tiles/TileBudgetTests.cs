using System.Net;
using CartoPlatform.MapsApi.Tests.Hosting;
using CartoPlatform.Tiles.Tests.Decoding;

namespace CartoPlatform.MapsApi.Tests.Tiles;

/// <summary>What a tile may cost, and what is said when it is too much.</summary>
public sealed class TileBudgetTests(MapsFixture fixture) : IClassFixture<MapsFixture>, IAsyncLifetime
{
    private const string Url = "/v3/maps/main/table/0/0/0?name=demo.many&formatTiles=mvt";

    public Task InitializeAsync() => fixture.Database.ExecuteAsync("""
        CREATE TABLE demo.many AS SELECT i AS id, ST_SetSRID(ST_Point((i % 360) - 180, (i / 360) * 10 - 60), 4326)::geometry(Point, 4326) AS geom FROM generate_series(1, 3600) AS i;
        CREATE TABLE demo.sizes AS SELECT i AS id, ST_SetSRID(ST_Expand(ST_Point(0, 0), i), 4326)::geometry(Polygon, 4326) AS geom FROM generate_series(1, 50) AS i;
        """);

    public Task DisposeAsync() => fixture.Database.ExecuteAsync("DROP TABLE demo.many, demo.sizes");

    private static readonly (string, string) Unthinned = ("MapsApi:PointThinning", "false");

    [Theory]
    [InlineData("csharp")]
    [InlineData("database")]
    public async Task Rows_beyond_the_budget_are_counted_in_a_header(string encoder)
    {
        var host = fixture.Host(Unthinned, ("MapsApi:MaxFeatures", "1000"), ("MapsApi:TileEncoder", encoder));
        using var client = host.Owner();
        using var response = await client.AskAsync(Url);
        Assert.Equal("2600", Assert.Single(response.Headers.GetValues("X-Carto-Tile-Dropped")));
        Assert.Equal(1000, MvtReader.Read(await response.Content.ReadAsByteArrayAsync())[0].Features.Count);
    }

    [Fact]
    public async Task Points_that_stay_are_spread_over_the_tile_and_always_the_same()
    {
        var host = fixture.Host(Unthinned, ("MapsApi:MaxFeatures", "1000"));
        using var client = host.Owner();
        var first = await client.MvtAsync(Url.Replace("&formatTiles=mvt", "", StringComparison.Ordinal));
        var west = first.Count(feature => feature.Parts[0][0].X < 256);
        Assert.InRange(west, 400, 600);
        await fixture.Database.ExecuteAsync("CREATE TABLE demo.copy AS SELECT * FROM demo.many ORDER BY random(); TRUNCATE demo.many; INSERT INTO demo.many SELECT * FROM demo.copy; DROP TABLE demo.copy");
        var second = await client.MvtAsync(Url.Replace("&formatTiles=mvt", "", StringComparison.Ordinal));
        Assert.Equal(first.Select(feature => feature.Properties["id"]), second.Select(feature => feature.Properties["id"]));
    }

    [Fact]
    public async Task Of_polygons_the_largest_stay()
    {
        var host = fixture.Host(("MapsApi:MaxFeatures", "10"));
        using var client = host.Owner();
        var features = await client.MvtAsync("/v3/maps/main/table/0/0/0?name=demo.sizes");
        Assert.Equal(Enumerable.Range(41, 10), features.Select(feature => (int)(ulong)feature.Properties["id"]).Order());
    }

    [Fact]
    public async Task Bytes_beyond_the_budget_are_left_out_and_counted()
    {
        var host = fixture.Host(Unthinned, ("MapsApi:MaxTileBytes", "20000"));
        using var client = host.Owner();
        using var response = await client.AskAsync(Url);
        var body = await response.Content.ReadAsByteArrayAsync();
        Assert.InRange(body.Length, 19_000, 21_000);
        var kept = MvtReader.Read(body)[0].Features.Count;
        Assert.Equal(3600 - kept, int.Parse(Assert.Single(response.Headers.GetValues("X-Carto-Tile-Dropped")), System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Whole_tile_says_nothing_about_dropping()
    {
        var host = fixture.Host(Unthinned);
        using var client = host.Owner();
        using var response = await client.AskAsync(Url);
        Assert.False(response.Headers.Contains("X-Carto-Tile-Dropped"));
    }

    [Fact]
    public async Task Slow_tile_is_408_and_its_statement_ends()
    {
        var host = fixture.Host(("MapsApi:TileTimeLimit", "00:00:01"));
        using var client = host.Owner();
        var (status, body) = await client.AskJsonAsync($"/v3/maps/main/query/0/0/0?q={MapsClient.Escape(SlowQuery("limit"))}");
        Assert.Equal(HttpStatusCode.RequestTimeout, status);
        Assert.StartsWith("The tile took longer than 1 s", body.GetProperty("error").GetString(), StringComparison.Ordinal);
        await WaitUntilGoneAsync("limit");
    }

    [Fact]
    public async Task Client_that_leaves_ends_the_statement()
    {
        var host = fixture.Host();
        using var client = host.Owner();
        using var leaving = new CancellationTokenSource();
        var request = client.GetAsync(new Uri($"/v3/maps/main/query/0/0/0?q={MapsClient.Escape(SlowQuery("abort"))}", UriKind.Relative), leaving.Token);
        await WaitAsync(async () => await CountAsync("abort") > 0);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await WaitUntilGoneAsync("abort");
    }

    // The first row comes at once, so that only the tile itself is slow.
    private static string SlowQuery(string mark) =>
        $"SELECT ST_SetSRID(ST_Point(1, 2), 4326) AS geom UNION ALL SELECT ST_SetSRID(ST_Point(1, i), 4326) FROM generate_series(1, 60) /* {mark} */ AS i, pg_sleep(0.5 * i)";

    private Task WaitUntilGoneAsync(string mark) => WaitAsync(async () => await CountAsync(mark) == 0);

    private async Task<long> CountAsync(string mark)
    {
        await using var command = fixture.Database.Owner.CreateCommand("SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() AND query LIKE '%/* ' || $1 || ' */%pg_sleep%'");
        command.Parameters.Add(new() { Value = mark });
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task WaitAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!await condition()) await Task.Delay(TimeSpan.FromMilliseconds(50), limit.Token);
    }
}
