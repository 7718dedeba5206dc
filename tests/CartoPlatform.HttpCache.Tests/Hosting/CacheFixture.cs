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
