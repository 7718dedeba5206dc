using CartoPlatform.Contracts.Workspace;
using CartoPlatform.MapsApi.Tests.Hosting;
using CartoPlatform.Testing.PostGis;

namespace CartoPlatform.HttpCache.Tests.Hosting;

/// <summary>The APIs behind the cache, on a database of its own that is watched.</summary>
public sealed class CacheFixture : IAsyncLifetime
{
    private readonly List<CacheHost> _hosts = [];

    public MapsFixture Maps { get; } = new();

    public PostGisFixture Database => Maps.Database;

    /// <summary>The host that most tests share.</summary>
    public CacheHost Host => _hosts[0];

    public async Task InitializeAsync()
    {
        await Maps.InitializeAsync();
        Maps.Workspace.Connections["main"] = Maps.Workspace.Connections["main"] with { WriterConnectionString = Database.OwnerConnectionString };
        await StartAsync();
    }

    public async Task DisposeAsync()
    {
        foreach (var host in _hosts) await host.DisposeAsync();
        await Maps.DisposeAsync();
    }

    /// <summary>Another process of the same platform, with a memory of its own.</summary>
    public async Task<CacheHost> StartAsync(params string[] settings)
    {
        var host = await CacheHost.StartAsync(Maps, settings);
        _hosts.Add(host);
        return host;
    }

    /// <summary>Ends one before the fixture ends, and frees its connections.</summary>
    public ValueTask StopAsync(CacheHost host)
    {
        _hosts.Remove(host);
        return host.DisposeAsync();
    }

    /// <summary>One that hears of changes from another, as the edge does.</summary>
    public async Task<CacheHost> StartBehindAsync(params string[] settings)
    {
        var port = FreePort();
        await StartAsync([$"--Internal:Port={port}", .. settings]);
        return await StartAsync([$"--Cache:Feed=http://127.0.0.1:{port}", .. settings]);
    }

    /// <summary>One that is connected to its Redis.</summary>
    public async Task<CacheHost> StartSharingAsync(params string[] settings)
    {
        var host = await StartAsync(settings);
        await Testing.Platform.Wait.UntilAsync("Redis is connected", () => Task.FromResult(host.IsSharing), TimeSpan.FromSeconds(20));
        return host;
    }

    /// <summary>Runs statements as a superuser.</summary>
    public async Task ExecuteAsAdminAsync(string sql)
    {
        await using var source = Npgsql.NpgsqlDataSource.Create(Database.AdminConnectionString);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The key that an answer is kept under, as the debug header tells.</summary>
    public static async Task<string> KeyOfAsync(CacheHost host, string url)
    {
        using var client = host.Owner();
        var answer = await client.AskAsync(url, "only-if-cached", headers: ("X-Cache-Debug", "1"));
        return answer.Header("X-Cache-Key") ?? throw new InvalidOperationException($"{answer.Status} has no key");
    }

    public static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>A table of points under a name of its own.</summary>
    public async Task<string> CreateTableAsync()
    {
        var name = $"demo.t_{Guid.NewGuid():N}";
        await Database.ExecuteAsync($"CREATE TABLE {name} AS SELECT i AS id, ST_SetSRID(ST_Point(i, i), 4326)::geometry(Point, 4326) AS geom FROM generate_series(1, 5) AS i");
        return name;
    }

    public TokenRecord AddToken(string[] apis, params GrantRecord[] grants)
    {
        var token = new TokenRecord { Id = Guid.NewGuid(), AccountId = Guid.NewGuid(), Grants = grants, AllowedApis = apis };
        Maps.Workspace.Tokens[token.Id] = token;
        return token;
    }
}
