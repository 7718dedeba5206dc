using System.Globalization;
using CartoPlatform.MapsApi.Tests.Hosting;
using CartoPlatform.Tiles.Tests.Decoding;

namespace CartoPlatform.MapsApi.Tests.Overviews;

/// <summary>Low zooms of a large table: sampled until its overview is built, complete and exact from then on, and never of other data.</summary>
public sealed class OverviewTests(MapsFixture fixture) : IClassFixture<MapsFixture>, IAsyncLifetime
{
    private const string Density = "_carto_point_density";
    private const int Rows = 30_000;

    // Small tables are large here.
    private static readonly (string, string)[] Settings = [("Overviews:MinRows", "1000"), ("MapsApi:MaxRows", "5000")];

    public Task InitializeAsync() => fixture.Database.ExecuteAsync($"""
        SELECT setseed(0.5);
        CREATE TABLE demo.many AS
          SELECT i AS id, i % 5 AS kind, 'n' || i AS name, ST_Point(random() * 360 - 180, random() * 160 - 80, 4326)::geometry(Point, 4326) AS geom FROM generate_series(1, {Rows}) AS i;
        CREATE INDEX ON demo.many USING gist (geom);
        ANALYZE demo.many;
        """);

    public Task DisposeAsync() => fixture.Database.ExecuteAsync("DROP TABLE IF EXISTS demo.many CASCADE");

    [Fact]
    public async Task Tile_is_sampled_until_the_overview_is_built_and_then_the_same_as_that_of_all_rows()
    {
        using var client = fixture.Host(Settings).Owner();
        using var reference = fixture.Host(("Overviews:Enabled", "false")).Owner();
        const string Url = "/v3/maps/main/table/0/0/0?name=demo.many&formatTiles=binary";

        var first = await AskAsync(client, Url);
        // The scan takes longer than a tile of a sample: only a machine that stood still would not see it.
        if (first.Sampled is { } share)
        {
            Assert.InRange(share, 0.1, 0.3);
            Assert.InRange(first.Sum, Rows * 0.5, Rows * 1.5);
        }

        var complete = await UntilCompleteAsync(client, Url);
        Assert.Equal(Rows, complete.Sum);
        Assert.Equal((await AskAsync(reference, Url)).ETag, complete.ETag);
        foreach (var tile in (string[])["1/0/0", "1/1/1", "3/2/4"])
        {
            var url = Url.Replace("0/0/0", tile, StringComparison.Ordinal);
            Assert.Equal((await AskAsync(reference, url)).ETag, (await AskAsync(client, url)).ETag);
        }
    }

    [Fact]
    public async Task Ids_columns_and_resolutions_come_from_the_rows()
    {
        using var client = fixture.Host(Settings).Owner();
        using var reference = fixture.Host(("Overviews:Enabled", "false")).Owner();
        foreach (var more in (string[])["&columns=name,_carto_feature_id", "&tileResolution=0.25", "&tileResolution=4"])
        {
            var url = $"/v3/maps/main/table/1/0/0?name=demo.many&formatTiles=binary{more}";
            await UntilCompleteAsync(client, url);
            Assert.Equal((await AskAsync(reference, url)).ETag, (await AskAsync(client, url)).ETag);
        }
    }

    [Fact]
    public async Task Changed_table_is_never_answered_from_the_old_overview()
    {
        using var client = fixture.Host(Settings).Owner();
        const string Url = "/v3/maps/main/table/0/0/0?name=demo.many&formatTiles=binary";
        Assert.Equal(Rows, (await UntilCompleteAsync(client, Url)).Sum);

        await fixture.Database.ExecuteAsync("DELETE FROM demo.many WHERE kind > 0; ANALYZE demo.many");
        var after = await AskAsync(client, Url);
        Assert.InRange(after.Sum, Rows / 5 * 0.5, Rows / 5 * 1.5);
        Assert.Equal(Rows / 5, (await UntilCompleteAsync(client, Url)).Sum);
    }

    [Fact]
    public async Task Other_tables_come_and_go_without_taking_the_overview_with_them()
    {
        using var client = fixture.Host(Settings).Owner();
        const string Url = "/v3/maps/main/table/0/0/0?name=demo.many&formatTiles=binary";
        await UntilCompleteAsync(client, Url);

        await fixture.Database.ExecuteAsync("CREATE TABLE demo.other AS SELECT 1 AS id; DROP TABLE demo.other");
        var after = await AskAsync(client, Url);
        Assert.Null(after.Sampled);
        Assert.Equal(Rows, after.Sum);
    }

    [Fact]
    public async Task Filters_and_queries_are_answered_from_their_own_rows()
    {
        using var client = fixture.Host(Settings).Owner();
        await UntilCompleteAsync(client, "/v3/maps/main/table/0/0/0?name=demo.many&formatTiles=binary");
        var filters = MapsClient.Escape("""{"id":{"between":{"values":[[1,100]]}}}""");
        Assert.Equal(100, (await AskAsync(client, $"/v3/maps/main/table/0/0/0?name=demo.many&formatTiles=binary&filters={filters}")).Sum);
        Assert.Equal(50, (await AskAsync(client, $"/v3/maps/main/query/0/0/0?q={MapsClient.Escape("SELECT * FROM demo.many WHERE id <= $1")}&queryParameters=[50]&formatTiles=binary")).Sum);
    }

    [Fact]
    public async Task Row_level_security_decides_at_every_tile()
    {
        using var client = fixture.Host(Settings).Owner();
        const string Url = "/v3/maps/main/table/0/0/0?name=demo.many&formatTiles=binary";
        await UntilCompleteAsync(client, Url);
        await fixture.Database.ExecuteAsync("ALTER TABLE demo.many ENABLE ROW LEVEL SECURITY; CREATE POLICY few ON demo.many FOR SELECT TO PUBLIC USING (id <= 100)");
        Assert.All(await Task.WhenAll(AskAsync(client, Url), AskAsync(client, Url)), tile => Assert.True(tile.Sum <= 600, $"{tile.Sum} rows"));
    }

    [Fact]
    public async Task TileJson_says_sampled_until_the_overview_is_built()
    {
        using var client = fixture.Host(Settings).Owner();
        const string Url = "/v3/maps/main/table?name=demo.many&format=tilejson";
        await UntilCompleteAsync(client, "/v3/maps/main/table/0/0/0?name=demo.many&formatTiles=binary");
        Assert.False((await client.OkAsync(Url)).TryGetProperty("sampled", out _));
        using var without = fixture.Host([("Overviews:Enabled", "false"), .. Settings]).Owner();
        Assert.True((await without.OkAsync(Url)).GetProperty("sampled").GetBoolean());
    }

    [Fact]
    public async Task Sample_is_always_the_same_and_its_numbers_are_estimates()
    {
        using var client = fixture.Host([("Overviews:Enabled", "false"), .. Settings]).Owner();
        const string Url = "/v3/maps/main/table/0/0/0?name=demo.many&formatTiles=binary&filters=%7B%22kind%22:%7B%22in%22:%7B%22values%22:[0,1,2,3]%7D%7D%7D";
        var (one, other) = (await AskAsync(client, Url), await AskAsync(client, Url));
        Assert.Equal(one.ETag, other.ETag);
        Assert.InRange(one.Sampled!.Value, 0.1, 0.4);
        Assert.InRange(one.Sum, Rows * 0.8 * 0.5, Rows * 0.8 * 1.5);
    }

    [Fact]
    public async Task Table_of_several_points_a_row_is_sampled_for_good()
    {
        await fixture.Database.ExecuteAsync("CREATE TABLE demo.several AS SELECT ST_Collect(geom, ST_Translate(geom, 1, 1))::geometry(MultiPoint, 4326) AS geom FROM demo.many; ANALYZE demo.several");
        using var client = fixture.Host(Settings).Owner();
        const string Url = "/v3/maps/main/table/0/0/0?name=demo.several&formatTiles=binary";
        Assert.NotNull((await AskAsync(client, Url)).Sampled);
        Assert.NotNull((await AskAsync(client, Url)).Sampled);
    }

    private static async Task<Tile> UntilCompleteAsync(HttpClient client, string url)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var tile = await AskAsync(client, url);
            if (tile.Sampled is null) return tile;
            await Task.Delay(TimeSpan.FromMilliseconds(100), limit.Token);
        }
    }

    private static async Task<Tile> AskAsync(HttpClient client, string url)
    {
        using var response = await client.AskAsync(url);
        var bytes = await response.Content.ReadAsByteArrayAsync();
        Assert.True(response.StatusCode == System.Net.HttpStatusCode.OK, $"{url} answered {response.StatusCode}: {System.Text.Encoding.UTF8.GetString(bytes)}");
        double? sampled = response.Headers.TryGetValues("X-Carto-Tile-Sampled", out var values) ? double.Parse(values.Single(), CultureInfo.InvariantCulture) : null;
        return new Tile(sampled, CartoTileReader.Read(bytes).Points.NumericProps[Density].Sum(), response.Headers.ETag!.Tag);
    }

    private sealed record Tile(double? Sampled, double Sum, string ETag);
}
