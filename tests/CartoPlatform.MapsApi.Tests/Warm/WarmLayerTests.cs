using System.Globalization;
using System.Net;
using CartoPlatform.MapsApi.Tests.Hosting;
using CartoPlatform.Tiles;
using static CartoPlatform.MapsApi.Tests.Warm.WarmAsking;

namespace CartoPlatform.MapsApi.Tests.Warm;

/// <summary>Tiles of a table in memory are those of the database, byte for byte, and never of other data.</summary>
public sealed class WarmLayerTests(MapsFixture fixture) : IClassFixture<MapsFixture>, IAsyncLifetime
{
    private const int Rows = 3_000;

    // Every tile asks for the versions of now.
    private static readonly (string, string)[] Warm = [("WarmLayers:MinUses", "1"), ("WarmLayers:MaxWordAge", "00:00:00")];
    private static readonly (string, string)[] Cold = [("WarmLayers:Enabled", "false")];

    private static int _count;

    // What is known of a table of the same name is trusted for two seconds.
    private readonly string _table = $"places_{Interlocked.Increment(ref _count)}";

    public Task InitializeAsync() => fixture.Database.ExecuteAsync($"""
        SELECT setseed(0.25);
        CREATE TABLE demo.{_table} AS
          SELECT i AS id, (i % 5)::int2 AS kind, CASE WHEN i % 7 > 0 THEN 'n' || i END AS name, CASE WHEN i % 11 = 0 THEN 'NaN'::float8 ELSE i * 0.37 END AS value, (i % 4)::float4 AS single,
            i % 3 = 0 AS flag, (i * 1234567890123)::int8 AS large, now() + i * interval '1 day' AS moment, jsonb_build_object('a', i) AS document,
            CASE WHEN i % 13 > 0 THEN {Place("i % 3 = 0")} END::geometry(Point, 4326) AS geom
          FROM generate_series(1, {Rows}) AS i ORDER BY random();
        CREATE INDEX ON demo.{_table} USING gist (geom);
        ANALYZE demo.{_table};
        """);

    public Task DisposeAsync() => fixture.Database.ExecuteAsync($"DROP TABLE IF EXISTS demo.{_table} CASCADE");

    [Theory]
    [InlineData("id int", false)]
    [InlineData("key", false)]
    [InlineData("no key", false)]
    [InlineData("id int", true)]
    public async Task Tiles_are_those_of_the_database_after_any_writes(string key, bool isThinned)
    {
        if (key == "id int") await fixture.Database.ExecuteAsync($"ALTER TABLE demo.{_table} ADD PRIMARY KEY (id)");
        if (key == "key") await fixture.Database.ExecuteAsync($"UPDATE demo.{_table} SET name = coalesce(name, 'none ' || id); ALTER TABLE demo.{_table} ADD PRIMARY KEY (name)");
        var thinning = ("MapsApi:PointThinning", isThinned ? "true" : "false");
        var host = fixture.Host([.. Warm, thinning]);
        using var warm = host.Owner();
        using var cold = fixture.Host([.. Cold, thinning]).Owner();
        var random = new Random(7);
        for (var round = 0; round < 2; round++)
        {
            await UntilWarmAsync(host, warm, UrlOf(TileAt(random), "mvt", ""));
            for (var turn = 0; turn < 24; turn++)
            {
                var url = UrlOf(TileAt(random), turn % 2 == 0 ? "mvt" : "binary", turn % 3 == 0 ? "&tileResolution=4" : "");
                var answered = host.WarmTiles;
                Assert.Equal(await AskAsync(cold, url), await AskAsync(warm, url, versioned: true));
                Assert.Equal(answered + 1, host.WarmTiles);
                Assert.Equal(await AskAsync(cold, url), await AskAsync(warm, url));
            }

            await fixture.Database.ExecuteAsync(round == 0
                ? $"UPDATE demo.{_table} SET geom = {Place("true")}, value = value + 1 WHERE id % 5 = {random.Next(5)}"
                : $"DELETE FROM demo.{_table} WHERE id % 3 = 0; INSERT INTO demo.{_table} (id, name, geom) SELECT i, 'new ' || i, ST_Point(i % 10, 1, 4326) FROM generate_series(5000, 5100) AS i");
            var now = UrlOf((0, 0, 0), "mvt", "");
            Assert.Equal(await AskAsync(cold, now), await AskAsync(warm, now));
        }
    }

    [Fact]
    public async Task Whoever_asks_after_a_commit_gets_what_was_committed()
    {
        var host = fixture.Host(Warm);
        using var client = host.Owner();
        var url = $"/v3/maps/main/table/0/0/0?name=demo.{_table}&columns=id";
        await UntilWarmAsync(host, client, url);
        for (var turn = 0; turn < 20; turn++)
        {
            await fixture.Database.ExecuteAsync($"DELETE FROM demo.{_table}; INSERT INTO demo.{_table} (id, geom) SELECT {turn}, ST_Point({turn}, 0, 4326) FROM generate_series(1, 300)");
            Assert.Equal(turn.ToString(CultureInfo.InvariantCulture), $"{(await client.MvtAsync(url)).Select(feature => feature.Properties["id"]).Distinct().Single()}");
        }
    }

    [Theory]
    [InlineData("&filters=%7B%22kind%22:%7B%22in%22:%7B%22values%22:[0]%7D%7D%7D")]
    [InlineData("&columns=_carto_feature_id")]
    [InlineData("&aggregationExp=count(*) AS n")]
    public async Task What_is_not_the_whole_table_comes_from_the_database(string more)
    {
        var host = fixture.Host(Warm);
        using var warm = host.Owner();
        using var cold = fixture.Host(Cold).Owner();
        var url = UrlOf((1, 1, 1), "mvt", "");
        await UntilWarmAsync(host, warm, url);

        var answered = host.WarmTiles;
        Assert.Equal(await AskAsync(cold, url + more), await AskAsync(warm, url + more));
        Assert.Equal(answered, host.WarmTiles);
    }

    [Fact]
    public async Task Row_level_security_decides_at_every_tile()
    {
        var host = fixture.Host(Warm);
        using var client = host.Owner();
        var url = UrlOf((0, 0, 0), "mvt", "&columns=id");
        await UntilWarmAsync(host, client, url);

        await fixture.Database.ExecuteAsync($"ALTER TABLE demo.{_table} ENABLE ROW LEVEL SECURITY; CREATE POLICY few ON demo.{_table} FOR SELECT TO PUBLIC USING (id <= 1)");
        for (var turn = 0; turn < 3; turn++) Assert.InRange((await client.MvtAsync($"/v3/maps/main/table/0/0/0?name=demo.{_table}&columns=id")).Count, 0, 1);
    }

    [Fact]
    public async Task Right_that_the_database_takes_away_is_gone_at_once()
    {
        var host = fixture.Host(Warm);
        using var client = host.Owner();
        var url = UrlOf((0, 0, 0), "mvt", "");
        await UntilWarmAsync(host, client, url);

        await fixture.Database.ExecuteAsync($"REVOKE SELECT ON demo.{_table} FROM {new Npgsql.NpgsqlConnectionStringBuilder(fixture.Database.ReaderConnectionString).Username}");
        using var refused = await client.AskAsync(url);
        Assert.NotEqual(HttpStatusCode.OK, refused.StatusCode);
    }

    [Theory]
    [InlineData("WarmLayers:MaxRows", "100")]
    [InlineData("WarmLayers:MaxTileRows", "1")]
    [InlineData("WarmLayers:Enabled", "false")]
    public async Task Table_that_is_too_large_or_not_wanted_comes_from_the_database(string setting, string value)
    {
        var host = fixture.Host([.. Warm.Where(pair => pair.Item1 != setting), (setting, value)]);
        using var client = host.Owner();
        using var cold = fixture.Host(Cold).Owner();
        var url = UrlOf((0, 0, 0), "binary", "");
        for (var turn = 0; turn < 5; turn++) Assert.Equal(await AskAsync(cold, url), await AskAsync(client, url));

        Assert.Equal(0, host.WarmTiles);
    }

    [Fact]
    public async Task Tables_that_hold_more_than_points_come_from_the_database()
    {
        await fixture.Database.ExecuteAsync($"""
            CREATE TABLE demo.mixed AS SELECT id, CASE WHEN id % 2 = 0 THEN geom ELSE ST_Buffer(geom, 1) END::geometry(Geometry, 4326) AS geom FROM demo.{_table} WHERE geom IS NOT NULL;
            CREATE TABLE demo.high AS SELECT id, ST_Force3D(geom)::geometry(PointZ, 4326) AS geom FROM demo.{_table};
            ANALYZE demo.mixed; ANALYZE demo.high;
            """);
        var host = fixture.Host(Warm);
        using var warm = host.Owner();
        using var cold = fixture.Host(Cold).Owner();
        foreach (var table in (string[])["mixed", "high"])
        {
            var url = $"/v3/maps/main/table/0/0/0?name=demo.{table}&formatTiles=mvt";
            var answered = host.WarmTiles;
            for (var turn = 0; turn < 4; turn++) Assert.Equal(await AskAsync(cold, url), await AskAsync(warm, url));
            Assert.Equal(answered, host.WarmTiles);
        }

        await fixture.Database.ExecuteAsync("DROP TABLE demo.mixed, demo.high");
    }

    // Some at one place, some anywhere.
    private static string Place(string isCrowded) =>
        $"CASE WHEN {isCrowded} THEN ST_Point(10 + random() / 100, 50 + random() / 100, 4326) ELSE ST_Point(random() * 360 - 180, random() * 180 - 90, 4326) END";

    private static (int Z, int X, int Y) TileAt(Random random)
    {
        var zoom = random.Next(18);
        return random.Next(3) == 0
            ? (zoom, random.Next(1 << zoom), random.Next(1 << zoom))
            : (zoom, (int)((10.005 / 360 + 0.5) * (1 << zoom)), (int)(WebMercator.WorldY(50.005) * (1 << zoom)));
    }

    private string UrlOf((int Z, int X, int Y) tile, string format, string more) =>
        $"/v3/maps/main/table/{tile.Z}/{tile.X}/{tile.Y}?name=demo.{_table}&formatTiles={format}{more}";
}
