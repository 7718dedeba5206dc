using CartoPlatform.HttpCache.Tests.Hosting;
using CartoPlatform.MapsApi.Tests.Hosting;
using CartoPlatform.Testing.Network;
using CartoPlatform.Testing.Redis;
using Npgsql;

namespace CartoPlatform.HttpCache.Tests.Chain;

/// <summary>Two edges, a pool of two cache processes, the APIs, a Redis, and a database: each behind a link that can be cut.</summary>
public sealed class ChainFixture : IAsyncLifetime
{
    private readonly List<IAsyncDisposable> _parts = [];
    private RedisServer? _redis;
    private FaultyLink? _database;

    public MapsFixture Maps { get; } = new();

    public RedisServer Redis => _redis!;

    public FaultyLink DatabaseLink => _database!;

    public IReadOnlyList<FaultyLink> CacheLinks { get; private set; } = [];

    public IReadOnlyList<ChainHost> Edges { get; private set; } = [];

    public ChainHost Apis { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await Maps.InitializeAsync();
        _redis = await RedisServer.StartAsync();
        var main = Maps.Workspace.Connections[MapsFixture.Connection];
        _database = Add(new FaultyLink(new NpgsqlConnectionStringBuilder(main.ReaderConnectionString).Port));
        Maps.Workspace.Connections[MapsFixture.Connection] = main with
        {
            ReaderConnectionString = Over(main.ReaderConnectionString),
            WriterConnectionString = Over(Maps.Database.OwnerConnectionString),
        };

        var feed = CacheFixture.FreePort();
        Apis = Add(await ChainHost.StartApisAsync(Maps, feed));
        string[] settings = [$"--Redis:ConnectionString={Redis.Address}", $"--Cache:Feed=http://127.0.0.1:{feed}"];
        var caches = new List<ChainHost>();
        foreach (var name in (string[])["one", "two"]) caches.Add(Add(await ChainHost.StartCacheAsync(Maps, Apis.Url, [.. settings, $"--Cache:Replica=cache-{name}"])));
        CacheLinks = [.. caches.Select(cache => Add(new FaultyLink(cache.Url.Port)))];
        var pool = string.Join(';', CacheLinks.Select(link => $"http://127.0.0.1:{link.Port}"));
        Edges = [Add(await ChainHost.StartEdgeAsync(Maps, pool, [.. settings, "--Cache:Replica=edge-one"])), Add(await ChainHost.StartEdgeAsync(Maps, pool, [.. settings, "--Cache:Replica=edge-two"]))];
        foreach (var host in (ChainHost[])[.. caches, .. Edges]) await host.ConnectedAsync();
    }

    public async Task DisposeAsync()
    {
        _parts.Reverse();
        foreach (var part in _parts) await part.DisposeAsync();
        await Redis.DisposeAsync();
        await Maps.DisposeAsync();
    }

    public async Task<string> CreateTableAsync()
    {
        var name = $"demo.t_{Guid.NewGuid():N}";
        await Maps.Database.ExecuteAsync($"CREATE TABLE {name} AS SELECT i AS id, ST_SetSRID(ST_Point(i, i), 4326)::geometry(Point, 4326) AS geom FROM generate_series(1, 5) AS i");
        return name;
    }

    private string Over(string text) => new NpgsqlConnectionStringBuilder(text) { Host = "127.0.0.1", Port = DatabaseLink.Port, Timeout = 2 }.ConnectionString;

    private T Add<T>(T part)
        where T : IAsyncDisposable
    {
        _parts.Add(part);
        return part;
    }
}
