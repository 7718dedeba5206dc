using System.Net.Http.Headers;
using CartoPlatform.Auth;
using CartoPlatform.Auth.Tokens;
using CartoPlatform.Cache;
using CartoPlatform.Edge;
using CartoPlatform.Edge.Routing;
using CartoPlatform.Forwarding;
using CartoPlatform.HttpCache.Tests.Hosting;
using CartoPlatform.MapsApi;
using CartoPlatform.MapsApi.Tests.Hosting;
using CartoPlatform.ServiceDefaults;
using CartoPlatform.SqlApi;
using CartoPlatform.Testing.Platform;
using CartoPlatform.WorkspaceClient;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CartoPlatform.HttpCache.Tests.Chain;

/// <summary>One process of a platform of several: the APIs, a cache process, or an edge, put together as in its own Program.cs.</summary>
public sealed class ChainHost : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly WebApplication _app;
    private readonly MapsFixture _maps;

    private ChainHost(WebApplication app, MapsFixture maps, OriginSwitch origin) => (_app, _maps, Origin) = (app, maps, origin);

    /// <summary>In front of the APIs.</summary>
    public OriginSwitch Origin { get; }

    public Uri Url => new(_app.Urls.First());

    public bool IsSharing => _app.Services.GetRequiredService<Redis.RedisConnection>().IsConnected;

    public static async Task<ChainHost> StartApisAsync(MapsFixture maps, int internalPort)
    {
        var builder = CreateBuilder(maps, [$"--Internal:Port={internalPort}", "--Pools:AcquireTimeLimit=00:00:02"]);
        builder.AddMapsApi();
        builder.AddSqlApi();
        var app = builder.Build();
        var origin = new OriginSwitch();
        app.MapDefaultEndpoints();
        app.UseRouting();
        app.UsePlatformAuth();
        app.UseWhen(context => context.Request.Path.StartsWithSegments("/v3"), branch => branch.Use(origin.InvokeAsync));
        app.MapMapsApi();
        app.MapSqlApi();
        return await StartAsync(app, maps, origin);
    }

    public static async Task<ChainHost> StartCacheAsync(MapsFixture maps, Uri apis, params string[] settings)
    {
        var builder = CreateBuilder(maps, [$"--Cache:MapsApi={apis}", $"--Cache:SqlApi={apis}", .. settings]);
        builder.AddHttpCache(isInner: true);
        builder.AddCacheRoutes();
        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.UseRouting();
        app.UsePlatformAuth();
        app.UseHttpCache();
        app.MapForwarding(context => context.SealCaller());
        return await StartAsync(app, maps, new OriginSwitch());
    }

    public static async Task<ChainHost> StartEdgeAsync(MapsFixture maps, string caches, params string[] settings)
    {
        var builder = CreateBuilder(maps, [$"--Edge:Cache={caches}", .. settings]);
        builder.AddEdge();
        builder.AddEdgeRoutes();
        builder.AddHttpCache();
        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.UseEdge();
        app.UseHttpCache();
        app.MapHttpCache();
        app.MapEdgeRoutes();
        return await StartAsync(app, maps, new OriginSwitch());
    }

    public HttpClient Owner()
    {
        var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 200 }) { BaseAddress = Url };
        var text = _app.Services.GetRequiredService<TokenIssuer>().Issue(_maps.OwnerToken, DateTimeOffset.UnixEpoch);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", text);
        // One public address, whichever edge is asked.
        client.DefaultRequestHeaders.Host = "maps.example";
        return client;
    }

    public Task ConnectedAsync() => Wait.UntilAsync("Redis is connected", () => Task.FromResult(IsSharing), Limit);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static WebApplicationBuilder CreateBuilder(MapsFixture maps, string[] settings)
    {
        var builder = WebApplication.CreateBuilder(
        [
            $"--Workspace:Url={maps.Workspace.Url}",
            $"--Metadata:ConnectionString={maps.Database.OwnerConnectionString}",
            "--Platform:InternalKey=an-internal-key-for-tests",
            $"--Tokens:SigningKey={Convert.ToBase64String(new byte[32])}",
            .. settings,
        ]);
        builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, "http://127.0.0.1:0");
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.AddServiceDefaults();
        builder.AddWorkspaceClient();
        builder.AddPlatformAuth();
        return builder;
    }

    private static async Task<ChainHost> StartAsync(WebApplication app, MapsFixture maps, OriginSwitch origin)
    {
        await app.StartAsync();
        return new ChainHost(app, maps, origin);
    }
}
