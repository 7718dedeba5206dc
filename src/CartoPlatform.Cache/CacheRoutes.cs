using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace CartoPlatform.Cache;

/// <summary>The APIs behind the cache process, as YARP's configuration.</summary>
public static class CacheRoutes
{
    // The edge gives up after 75 s and the APIs after 60 s: theirs is the error that should arrive.
    private static readonly TimeSpan ActivityTimeLimit = TimeSpan.FromSeconds(70);

    public static WebApplicationBuilder AddCacheRoutes(this WebApplicationBuilder builder)
    {
        var options = builder.Configuration.GetSection(CacheRouteOptions.Section).Get<CacheRouteOptions>() ?? new CacheRouteOptions();
        builder.Services.AddReverseProxy().LoadFromMemory(
            [
                Route("maps-api", "/v3/maps/{**rest}"),
                Route("sql-api", "/v3/sql/{**rest}"),
                Route("sql-api", "/v3/stats/{**rest}"),
            ],
            [Cluster("maps-api", options.MapsApi), Cluster("sql-api", options.SqlApi)]);
        return builder;
    }

    private static RouteConfig Route(string cluster, string path) =>
        new() { RouteId = $"{cluster} {path}", ClusterId = cluster, Match = new RouteMatch { Path = path } };

    private static ClusterConfig Cluster(string name, Uri url) => new()
    {
        ClusterId = name,
        Destinations = new Dictionary<string, DestinationConfig> { [name] = new() { Address = url.ToString() } },
        HttpRequest = new ForwarderRequestConfig { ActivityTimeout = ActivityTimeLimit },
    };
}
