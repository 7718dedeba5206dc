using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using CartoPlatform.EmbeddedPostGis.Clusters;
using CartoPlatform.EmbeddedPostGis.Provisioning;
using CartoPlatform.EmbeddedPostGis.Secrets;
using CartoPlatform.Testing.Platform;
using CartoPlatform.Testing.PostGis;
using Npgsql;

namespace CartoPlatform.Platform.Tests.Partitions;

/// <summary>A table whose partitions lie on two PostgreSQL servers (docs/operations/beyond-one-database.md).</summary>
[Collection(SharedPlatform.Name)]
public sealed class PartitionTests(PlatformFixture platforms) : IAsyncLifetime
{
    private const string Schema = "sharded";

    private readonly string _folder = TestFolder.Create();
    private EmbeddedCluster _other = null!;
    private PlatformStatus _platform = null!;

    public async Task InitializeAsync()
    {
        _platform = await platforms.GetAsync(Topologies.Standard);
        _other = await EmbeddedCluster.StartAsync(
            new ClusterOptions { DataFolder = _folder, IsDurable = false, MemoryBytes = 256 * 1024 * 1024 }, new Progress<string>(), TimeProvider.System, CancellationToken.None);
        await ExecuteAsync(_other.Connections.Owner, """
            CREATE TABLE public.points_west (id bigint PRIMARY KEY, side text NOT NULL, geom geometry(Point, 4326) NOT NULL);
            CREATE INDEX ON public.points_west USING gist (geom);
            INSERT INTO public.points_west SELECT i, 'west', ST_SetSRID(ST_MakePoint(-10 - i % 50, i % 40), 4326) FROM generate_series(1, 500) AS i;
            """);
        await ExecuteAsync(Here.Admin(PlatformLogins.DataDatabase), $"""
            CREATE EXTENSION IF NOT EXISTS postgres_fdw;
            DROP SERVER IF EXISTS west CASCADE;
            CREATE SERVER west FOREIGN DATA WRAPPER postgres_fdw
                OPTIONS (host '127.0.0.1', port '{_other.Port}', dbname 'carto_dw', extensions 'postgis', fetch_size '10000');
            CREATE USER MAPPING FOR carto_reader SERVER west OPTIONS (user 'carto_reader', password '{Secret(PlatformLogins.Reader)}');
            CREATE USER MAPPING FOR carto_owner SERVER west OPTIONS (user 'carto_owner', password '{Secret(PlatformLogins.Owner)}');
            GRANT USAGE ON FOREIGN SERVER west TO carto_owner;
            """);
        await ExecuteAsync(Here.Owner, $"""
            DROP SCHEMA IF EXISTS {Schema} CASCADE;
            CREATE SCHEMA {Schema};
            CREATE TABLE {Schema}.points (id bigint NOT NULL, side text NOT NULL, geom geometry(Point, 4326) NOT NULL) PARTITION BY LIST (side);
            CREATE TABLE {Schema}.points_east PARTITION OF {Schema}.points FOR VALUES IN ('east');
            CREATE INDEX ON {Schema}.points_east USING gist (geom);
            CREATE FOREIGN TABLE {Schema}.points_west PARTITION OF {Schema}.points FOR VALUES IN ('west')
                SERVER west OPTIONS (schema_name 'public', table_name 'points_west');
            INSERT INTO {Schema}.points_east SELECT i, 'east', ST_SetSRID(ST_MakePoint(10 + i % 50, i % 40), 4326) FROM generate_series(501, 800) AS i;
            """);
    }

    public async Task DisposeAsync()
    {
        await ExecuteAsync(Here.Owner, $"DROP SCHEMA IF EXISTS {Schema} CASCADE");
        await ExecuteAsync(Here.Admin(PlatformLogins.DataDatabase), "DROP SERVER IF EXISTS west CASCADE");
        await EmbeddedCluster.StopLeftOverAsync(_folder, TimeProvider.System, CancellationToken.None);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Queries_models_and_tiles_cover_both_servers_and_see_a_change_on_the_other()
    {
        using var client = TestPlatform.CreateClient(_platform);

        Assert.Equal(800, await CountAsync(client));
        Assert.Equal(500, await CountAsync(client, "side = 'west'"));
        using var model = await client.GetAsync($"/v3/sql/{_platform.Connection}/model/category?type=table&source={Schema}.points&client=test&params="
            + Uri.EscapeDataString("""{"column":"side","operation":"count","operationColumn":"*"}"""));
        var categories = await model.Content.ReadAsStringAsync();
        Assert.True(model.IsSuccessStatusCode && categories.Contains("500", StringComparison.Ordinal) && categories.Contains("300", StringComparison.Ordinal), categories);

        var west = (await TileAsync(client, 1, 0, 0), await TileAsync(client, 1, 1, 0));
        Assert.All([west.Item1, west.Item2], tile => Assert.NotEmpty(tile));
        await ExecuteAsync(_other.Connections.Owner, "DELETE FROM public.points_west WHERE id > 100");
        // Nothing here hears of it: who must have it now says so.
        client.DefaultRequestHeaders.CacheControl = new CacheControlHeaderValue { NoCache = true, MaxAge = TimeSpan.Zero };

        Assert.Equal(400, await CountAsync(client));
        Assert.True((await TileAsync(client, 1, 0, 0)).Length < west.Item1.Length, "The west's tile is as large as before.");
    }

    /// <summary>Nobody here hears of what is written there: no answer may promise that its data never change.</summary>
    [Fact]
    public async Task Tiles_of_what_lies_elsewhere_promise_nothing_and_those_of_here_do()
    {
        using var client = TestPlatform.CreateClient(_platform);

        await Wait.UntilAsync("what is here alone is known to be watched", async () =>
            (await KeepingAsync(client, "demo.airports")).Contains("immutable", StringComparison.Ordinal), TimeSpan.FromSeconds(30));
        Assert.DoesNotContain("immutable", await KeepingAsync(client, $"{Schema}.points"), StringComparison.Ordinal);
        // The partition that is here is watched, whatever its siblings are.
        Assert.Contains("immutable", await KeepingAsync(client, $"{Schema}.points_east"), StringComparison.Ordinal);
        // And what is said of it in so many words.
        Assert.Equal(("partly-watched", "watched"), (await WatchedAsync(client, $"{Schema}.points"), await WatchedAsync(client, $"{Schema}.points_east")));
    }

    [Fact]
    public async Task Other_server_being_down_is_an_error_and_no_half_answer()
    {
        using var client = TestPlatform.CreateClient(_platform);
        await _other.StopAsync(CancellationToken.None);

        using var all = await client.GetAsync($"/v3/sql/{_platform.Connection}/query?q=SELECT+count(*)+FROM+{Schema}.points");
        using var here = await client.GetAsync($"/v3/sql/{_platform.Connection}/query?q=SELECT+count(*)+FROM+{Schema}.points_east");

        Assert.InRange((int)all.StatusCode, 400, 599);
        Assert.Contains("\"error\"", await all.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(200, (int)here.StatusCode);
    }

    private ClusterConnections Here => new(new Uri(_platform.Postgres).Port, new SecretFolder(_platform.DataDir));

    private string Secret(Func<SecretFolder, Login> login) => login(new SecretFolder(_folder)).Password;

    private async Task<long> CountAsync(HttpClient client, string condition = "true")
    {
        using var answer = await client.GetAsync($"/v3/sql/{_platform.Connection}/query?q={Uri.EscapeDataString($"SELECT count(*) AS n FROM {Schema}.points WHERE {condition}")}");
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return json.RootElement.GetProperty("rows")[0].GetProperty("n").GetInt64();
    }

    private async Task<byte[]> TileAsync(HttpClient client, int z, int x, int y) =>
        await client.GetByteArrayAsync(At(await TemplateAsync(client, $"{Schema}.points"), z, x, y));

    private async Task<string> KeepingAsync(HttpClient client, string table)
    {
        using var tile = await client.GetAsync(At(await TemplateAsync(client, table), 0, 0, 0));
        return tile.EnsureSuccessStatusCode().Headers.CacheControl?.ToString() ?? "";
    }

    private async Task<string?> WatchedAsync(HttpClient client, string table)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v3/sql/{_platform.Connection}/query?q=SELECT+max(id)+FROM+{table}");
        request.Headers.Add("X-Cache-Debug", "1");
        using var answer = await client.SendAsync(request);
        return answer.Headers.GetValues("X-Cache-Lifetime").Single().Split(' ')[1];
    }

    private static string At(string template, int z, int x, int y) =>
        template.Replace("{z}", $"{z}", StringComparison.Ordinal).Replace("{x}", $"{x}", StringComparison.Ordinal).Replace("{y}", $"{y}", StringComparison.Ordinal);

    private async Task<string> TemplateAsync(HttpClient client, string table)
    {
        using var map = await client.PostAsJsonAsync($"/v3/maps/{_platform.Connection}/table", new { name = table });
        using var instantiated = JsonDocument.Parse(await map.Content.ReadAsStringAsync());
        using var tilejson = JsonDocument.Parse(await client.GetStringAsync(instantiated.RootElement.GetProperty("tilejson").GetProperty("url")[0].GetString()));
        return tilejson.RootElement.GetProperty("tiles")[0].GetString() ?? "";
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
