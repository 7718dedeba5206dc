using CartoPlatform.Contracts.Caching;
using CartoPlatform.Contracts.Replicas;
using CartoPlatform.HttpCache.Entries;
using CartoPlatform.HttpCache.Feeds;
using CartoPlatform.HttpCache.Flights;
using CartoPlatform.HttpCache.Keys;
using CartoPlatform.HttpCache.Store;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.WorkspaceClient;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CartoPlatform.HttpCache;

public static class HttpCacheExtensions
{
    /// <summary>
    /// The HTTP cache. Versions come from the <see cref="IVersionFeeds"/> that the host has registered before, or else from another
    /// process (<c>Cache:Feed</c>).
    /// </summary>
    public static WebApplicationBuilder AddHttpCache(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<HttpCacheOptions>().BindConfiguration(HttpCacheOptions.Section).ValidateDataAnnotations()
            .Validate(options => ReplicaUrls.TryParse(options.Feed) is not null, $"Cache:Feed {ReplicaUrls.Rule}")
            .ValidateOnStart();
        services.AddInternalKeyOptions();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IVersionFeeds, RemoteVersionFeeds>();
        services.AddSingleton<RequestKeys>();
        services.AddSingleton<MemoryStore>();
        services.AddSingleton<CacheTelemetry>();
        services.AddSingleton<EntryJudge>();
        services.AddSingleton<EntryResponse>();
        services.AddSingleton<FlightBoard>();
        return builder;
    }

    /// <summary>Comes behind authentication. Errors of what follows become answers here, so that a failed origin can be told from a wrong request.</summary>
    public static IApplicationBuilder UseHttpCache(this IApplicationBuilder app)
    {
        app.ApplicationServices.GetRequiredService<CacheTelemetry>();
        return app.UseMiddleware<HttpCacheMiddleware>().UseExceptionAnswers();
    }
}
