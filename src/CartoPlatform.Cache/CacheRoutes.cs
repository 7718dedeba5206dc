using CartoPlatform.Contracts.Replicas;
using CartoPlatform.Forwarding;
using Yarp.ReverseProxy.Configuration;

namespace CartoPlatform.Cache;

/// <summary>The APIs behind the cache process, as YARP's configuration.</summary>
public static class CacheRoutes
{
    // The edge gives up after 75 s and the APIs after 60 s: theirs is the error that should arrive.
    private static readonly TimeSpan ActivityTimeLimit = TimeSpan.FromSeconds(70);

    public static WebApplicationBuilder AddCacheRoutes(this WebApplicationBuilder builder)
    {
        var options = builder.Configuration.GetSection(CacheRouteOptions.Section).Get<CacheRouteOptions>() ?? new CacheRouteOptions();
        builder.Services.AddForwarding(
            [
                Route("maps-api", "/v3/maps/{**rest}"),
                Route("sql-api", "/v3/sql/{**rest}"),
                Route("sql-api", "/v3/stats/{**rest}"),
            ],
            [
                ReplicaCluster.Of("maps-api", ReplicaUrls.Parse(options.MapsApi, "Cache:MapsApi"), ActivityTimeLimit),
                ReplicaCluster.Of("sql-api", ReplicaUrls.Parse(options.SqlApi, "Cache:SqlApi"), ActivityTimeLimit),
            ]);
        return builder;
    }

    private static RouteConfig Route(string cluster, string path) =>
        new() { RouteId = $"{cluster} {path}", ClusterId = cluster, Match = new RouteMatch { Path = path } };
}
