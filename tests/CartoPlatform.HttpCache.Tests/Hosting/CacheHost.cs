using System.Diagnostics;
using System.Net.Http.Headers;
using CartoPlatform.Auth;
using CartoPlatform.Auth.Tokens;
using CartoPlatform.Contracts.Caching;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.MapsApi;
using CartoPlatform.MapsApi.Tests.Hosting;
using CartoPlatform.PostGis.Changes;
using CartoPlatform.ServiceDefaults;
using CartoPlatform.SqlApi;
using CartoPlatform.Testing.Platform;
using CartoPlatform.Traffic;
using CartoPlatform.WorkspaceClient;
using CartoPlatform.WorkspaceClient.Caching;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CartoPlatform.HttpCache.Tests.Hosting;

/// <summary>One process: authentication, the cache, and both APIs behind it, on a real Kestrel.</summary>
public sealed class CacheHost : IAsyncDisposable
{
    private static readonly TimeSpan HearingLimit = TimeSpan.FromSeconds(20);

    private readonly WebApplication _app;
    private readonly MapsFixture _maps;
    private int _pipelineRequests;

    private CacheHost(WebApplication app, MapsFixture maps) => (_app, _maps) = (app, maps);

    /// <summary>What is done to a request between the cache and the APIs, and before the cache.</summary>
    public OriginSwitch Origin { get; } = new();

    /// <summary>How many requests have come to the pipeline: what is answered early does not.</summary>
    public int PipelineRequests => Volatile.Read(ref _pipelineRequests);

    public static async Task<CacheHost> StartAsync(MapsFixture maps, params string[] settings)
    {
        var builder = WebApplication.CreateBuilder(
        [
            $"--Workspace:Url={maps.Workspace.Url}",
            $"--Metadata:ConnectionString={maps.Database.OwnerConnectionString}",
            "--Platform:InternalKey=an-internal-key-for-tests",
            $"--Tokens:SigningKey={Convert.ToBase64String(new byte[32])}",
            "--Cache:Enabled=true",
            .. settings,
        ]);
        builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, "http://127.0.0.1:0");
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.AddServiceDefaults();
        builder.AddWorkspaceClient();
        builder.AddMapsApi();
        builder.AddSqlApi();
        // With Cache:Feed another process tells of changes, as it does for the edge.
        if (builder.Configuration["Cache:Feed"] is null)
            builder.Services.AddSingleton<IVersionFeeds>(services => services.GetRequiredService<ChangeFeeds>());
        builder.AddHttpCache();
        builder.AddTraffic();
        builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => policy.AllowAnyOrigin().WithExposedHeaders("Age", "ETag")));

        var host = new CacheHost(builder.Build(), maps);
        host._app.Use(host.CountAsync);
        host._app.MapDefaultEndpoints();
        host._app.UseCors();
        host._app.UseHttpCacheFront();
        host._app.UseActivity();
        host._app.UseRouting();
        host._app.UsePlatformAuth();
        host._app.UseRateLimits();
        host._app.UseHttpCache();
        host._app.Use(host.Origin.InvokeAsync);
        host._app.MapHttpCache();
        host._app.MapMapsApi();
        host._app.MapSqlApi();
        await host._app.StartAsync();
        await host.HearAsync();
        return host;
    }

    /// <summary>Until it is disposed of somebody watches what the host makes of requests, and none is answered before.</summary>
    public IDisposable WatchRequests() => _app.Services.GetRequiredService<DiagnosticListener>().Subscribe(new Watcher());

    public bool IsSharing => _app.Services.GetRequiredService<Redis.RedisConnection>().IsConnected;

    public Uri Address => new(_app.Urls.First());

    public HttpClient Owner() => As(_maps.OwnerToken);

    public HttpClient Anonymous() => new(new SocketsHttpHandler { MaxConnectionsPerServer = 200 }) { BaseAddress = Address };

    public HttpClient As(TokenRecord token)
    {
        var client = Anonymous();
        var text = _app.Services.GetRequiredService<TokenIssuer>().Issue(token, DateTimeOffset.UnixEpoch);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", text);
        return client;
    }

    /// <summary>What the process knows of tokens, connections and named sources is asked for again: they have been changed.</summary>
    public void AskAgain() => _app.Services.GetRequiredService<CachedWorkspaceDirectory>().AskAgain();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Task CountAsync(HttpContext context, RequestDelegate next)
    {
        Interlocked.Increment(ref _pipelineRequests);
        return next(context);
    }

    // Until the first word of the database has come every answer is made anew.
    private Task HearAsync()
    {
        var feeds = _app.Services.GetRequiredService<IVersionFeeds>();
        return Wait.UntilAsync("versions are heard", () => Task.FromResult(feeds.Find(MapsFixture.Connection) is not null), HearingLimit);
    }

    private sealed class Watcher : IObserver<KeyValuePair<string, object?>>
    {
        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }

        public void OnNext(KeyValuePair<string, object?> value)
        {
        }
    }
}
