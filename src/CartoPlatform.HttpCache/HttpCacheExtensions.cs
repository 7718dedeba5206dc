using CartoPlatform.Contracts.Caching;
using CartoPlatform.Contracts.Replicas;
using CartoPlatform.HttpCache.Entries;
using CartoPlatform.HttpCache.Feeds;
using CartoPlatform.HttpCache.Flights;
using CartoPlatform.HttpCache.Front;
using CartoPlatform.HttpCache.Keys;
using CartoPlatform.HttpCache.Purging;
using CartoPlatform.HttpCache.Sharing;
using CartoPlatform.HttpCache.Store;
using CartoPlatform.Redis;
using CartoPlatform.ServiceDefaults.Early;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.WorkspaceClient;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CartoPlatform.HttpCache;

public static class HttpCacheExtensions
{
    /// <summary>
    /// The HTTP cache. Versions come from the <see cref="IVersionFeeds"/> that the host has registered before, or else from another
    /// process (<c>Cache:Feed</c>).
    /// </summary>
    /// <param name="builder">Of the process.</param>
    /// <param name="isInner">Behind another cache, where no caller reaches it.</param>
    public static WebApplicationBuilder AddHttpCache(this WebApplicationBuilder builder, bool isInner = false)
    {
        var services = builder.Services;
        services.AddOptions<HttpCacheOptions>().BindConfiguration(HttpCacheOptions.Section).ValidateDataAnnotations()
            .Validate(options => ReplicaUrls.TryParse(options.Feed) is not null, $"Cache:Feed {ReplicaUrls.Rule}")
            .ValidateOnStart();
        services.Configure<HttpCacheOptions>(options => options.IsInner = isInner);
        services.AddInternalKeyOptions();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IVersionFeeds, RemoteVersionFeeds>();
        services.AddSingleton<RequestKeys>();
        services.AddSingleton<FrontTable>().AddSingleton<FrontAnswers>();
        // Behind another cache there is nothing in front.
        if (!isInner) builder.AddEarlyAnswers<FrontAnswers>();
        services.AddSingleton<MemoryStore>();
        services.AddSingleton<AnswerCounts>();
        services.AddSingleton<CacheTelemetry>();
        services.AddSingleton<WriteMarks>();
        services.AddSingleton<EntryJudge>();
        services.AddSingleton<EntryResponse>();
        services.AddSingleton<FlightBoard>();
        services.AddSingleton<OriginGates>();
        builder.AddPlatformRedis();
        services.AddSingleton<SharedStore>().AddHostedService(provider => provider.GetRequiredService<SharedStore>());
        services.AddSingleton<SharedTurns>();
        services.AddSingleton<ReplicaName>().AddSingleton<WriteNews>().AddSingleton<Purges>();
        services.AddSingleton<PurgeBus>().AddHostedService(provider => provider.GetRequiredService<PurgeBus>());
        return builder;
    }

    /// <summary>
    /// Answers what came the same way before and cannot be answered before the pipeline; comes as early as can be, behind CORS. Without it
    /// nothing is wrong, and such a hit costs several times as much.
    /// </summary>
    public static IApplicationBuilder UseHttpCacheFront(this IApplicationBuilder app) =>
        app.ApplicationServices.GetService<FrontTable>() is null ? app : app.UseMiddleware<HttpCacheFront>();

    /// <summary>What administrators may ask of the cache.</summary>
    public static IEndpointRouteBuilder MapHttpCache(this IEndpointRouteBuilder routes)
    {
        routes.MapPurges();
        return routes;
    }

    /// <summary>Comes behind authentication. Errors of what follows become answers here, so that a failed origin can be told from a wrong request.</summary>
    public static IApplicationBuilder UseHttpCache(this IApplicationBuilder app)
    {
        app.ApplicationServices.GetRequiredService<CacheTelemetry>();
        return app.UseMiddleware<HttpCacheMiddleware>().UseExceptionAnswers();
    }
}
