using CartoPlatform.EmbeddedPostGis.Clusters;
using CartoPlatform.EmbeddedPostGis.Secrets;
using CartoPlatform.Testing.Platform;
using CartoPlatform.Testing.PostGis;
using Npgsql;

namespace CartoPlatform.Platform.Tests.Lifecycle;

/// <summary>From Standard to Tier 1: the embedded database to a server outside, with one command.</summary>
public sealed class MoveTests : IAsyncLifetime
{
    private const string Superuser = "dba";

    private readonly string _folder = TestFolder.Create();
    private EmbeddedCluster _server = null!;

    /// <summary>A server that knows nothing of the platform: what an embedded one has of it is taken out.</summary>
    public async Task InitializeAsync()
    {
        var options = new ClusterOptions { DataFolder = _folder, IsDurable = false, MemoryBytes = 256 * 1024 * 1024 };
        _server = await EmbeddedCluster.StartAsync(options, new Progress<string>(), TimeProvider.System, CancellationToken.None);
        var admin = new ClusterConnections(_server.Port, new SecretFolder(_folder)).Admin("postgres");
        await ExecuteAsync(admin, $"CREATE ROLE {Superuser} LOGIN SUPERUSER PASSWORD 'of the new server'");
        foreach (var statement in (string[])["DROP DATABASE carto_dw", "DROP DATABASE carto_platform", "DROP ROLE carto_owner, carto_reader, carto_platform", "ALTER ROLE carto_admin RENAME TO nobody_we_know"])
            await ExecuteAsync(To, statement);
    }

    public async Task DisposeAsync()
    {
        await EmbeddedCluster.StopLeftOverAsync(_folder, TimeProvider.System, CancellationToken.None);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Moved_platform_serves_the_same_data_from_the_new_server_and_a_refused_move_changes_nothing()
    {
        await using var platform = new TestPlatform(Topologies.Standard);
        var before = await platform.UpAsync("--no-sample");
        await using (var embedded = PlatformDatabase.Open(before))
        {
            await embedded.ExecuteAsync("CREATE TABLE public.kept AS SELECT g AS id, ST_Point(g, g)::geometry(Point, 4326) AS geom FROM generate_series(1, 50) g");
            await embedded.ExecuteAsync("CREATE VIEW public.seen AS SELECT * FROM public.kept");
        }

        await ExecuteAsync(To, "CREATE ROLE app LOGIN CREATEDB CREATEROLE PASSWORD 'not enough'; GRANT CONNECT ON DATABASE postgres TO app");
        var weak = await platform.RunAsync("move", "--to", new NpgsqlConnectionStringBuilder(To) { Username = "app", Password = "not enough" }.ConnectionString);
        Assert.Equal(1, weak.ExitCode);
        Assert.Contains("must name a superuser", weak.Error, StringComparison.Ordinal);

        // Something of that name is there: nothing may be touched.
        await ExecuteAsync(To, "CREATE DATABASE carto_dw");
        var refused = await platform.RunAsync("move", "--to", To);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("database carto_dw", refused.Error, StringComparison.Ordinal);
        Assert.Equal(before.Services[0].Pid, (await platform.StatusAsync()).Services[0].Pid);
        await ExecuteAsync(To, "DROP DATABASE carto_dw");

        var moved = await platform.RunAsync("move", "--to", To);
        Assert.True(moved.ExitCode == 0, moved.ToString());

        var after = await platform.StatusAsync();
        Assert.Equal((before.Token, before.BaseUrl), (after.Token, after.BaseUrl));
        Assert.Contains($":{_server.Port}/", after.Postgres, StringComparison.Ordinal);
        using var client = TestPlatform.CreateClient(after);
        Assert.Contains("\"n\":50", await QueryAsync(client, "SELECT count(*) AS n FROM public.seen"), StringComparison.Ordinal);
        // What is written there now is seen: changes are heard of, and the reader has its rights.
        await using (var outside = PlatformDatabase.Open(after)) await outside.ExecuteAsync("INSERT INTO public.kept VALUES (51, ST_SetSRID(ST_MakePoint(1, 1), 4326))");
        Assert.Contains("\"n\":51", await QueryAsync(client, "SELECT count(*) AS n FROM public.seen"), StringComparison.Ordinal);
        Assert.NotEmpty(await client.GetByteArrayAsync(await MapAddress.OfTileAsync(client, after.Connection, "SELECT id, geom FROM public.kept", 0, 0, 0)));

        var file = Path.Combine(Path.GetDirectoryName(platform.DataFolder)!, "moved.backup");
        var saved = await platform.RunAsync("backup", file);
        Assert.True(saved.ExitCode == 0, saved.ToString());
        Assert.Contains("already", (await platform.RunAsync("move", "--to", To)).Error, StringComparison.Ordinal);

        await using (var outside = PlatformDatabase.Open(after)) await outside.ExecuteAsync("DELETE FROM public.kept");
        var restored = await platform.RunAsync("restore", file);
        Assert.True(restored.ExitCode == 0, restored.ToString());
        Assert.Contains("\"n\":51", await QueryAsync(client, "SELECT count(*) AS n FROM public.seen"), StringComparison.Ordinal);

        // The server's operator may take the strong role's rights away again.
        Assert.Equal(0, (await platform.DownAsync()).ExitCode);
        await ExecuteAsync(To, "ALTER ROLE carto_admin NOSUPERUSER");
        var weaker = await platform.UpAsync("--no-sample");
        using var again = TestPlatform.CreateClient(weaker);
        await using (var outside = PlatformDatabase.Open(weaker)) await outside.ExecuteAsync("INSERT INTO public.kept VALUES (52, ST_SetSRID(ST_MakePoint(1, 1), 4326))");
        Assert.Contains("\"n\":52", await QueryAsync(again, "SELECT count(*) AS n FROM public.seen"), StringComparison.Ordinal);
    }

    private string To => new NpgsqlConnectionStringBuilder { Host = ClusterConnections.Host, Port = _server.Port, Username = Superuser, Password = "of the new server", Database = "postgres" }.ConnectionString;

    private static async Task<string> QueryAsync(HttpClient client, string sql) =>
        await client.GetStringAsync($"/v3/sql/carto_dw/query?q={Uri.EscapeDataString(sql)}");

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
