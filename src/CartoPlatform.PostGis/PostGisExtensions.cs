using System.Net;
using CartoPlatform.PostGis.Caching;
using CartoPlatform.PostGis.Cells;
using CartoPlatform.PostGis.Changes;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.PostGis.Dialling;
using CartoPlatform.PostGis.Errors;
using CartoPlatform.PostGis.Filters;
using CartoPlatform.PostGis.Filters.Spatial;
using CartoPlatform.PostGis.Sources;
using CartoPlatform.ServiceDefaults.Health;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CartoPlatform.PostGis;

public static class PostGisExtensions
{
    /// <summary>Access to the users' databases. May be called by several modules of one process.</summary>
    public static WebApplicationBuilder AddPostGis(this WebApplicationBuilder builder)
    {
        if (builder.Services.Any(service => service.ServiceType == typeof(ConnectionPools))) return builder;

        builder.Services.AddOptions<PoolOptions>().BindConfiguration(PoolOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddOptions<CachePolicy>().BindConfiguration(CachePolicy.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<ChangeFeeds>().AddSingleton<SourceReadings>();
        builder.Services.AddHealthChecks().AddCheck<ChangesHealthCheck>("changes", tags: [HealthDetails.Named]);
        builder.Services.AddDialling().AddSingleton<ConnectionPools>().AddSingleton<FirstGeometries>().AddSingleton<CellResolutions>().AddSingleton<SpatialFilterCompiler>().AddSingleton<RegExpTime>();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddExceptionHandler<PostgresExceptionHandler>();
        return builder;
    }

    /// <summary>Finding out where servers are, for those who open sessions of their own. May be called by several modules of one process.</summary>
    public static IServiceCollection AddDialling(this IServiceCollection services)
    {
        services.TryAddSingleton<HostResolver>(Dns.GetHostAddressesAsync);
        services.TryAddSingleton<ServerFinder>();
        services.TryAddSingleton<CheckedSockets>();
        return services;
    }
}
