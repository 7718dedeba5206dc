using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.LoadBalancing;

namespace CartoPlatform.Edge.Routing;

/// <summary>Which process answers which path, as YARP's configuration.</summary>
public static class EdgeRoutes
{
    private const string MapsApi = "maps-api";
    private const string SqlApi = "sql-api";

    private static readonly TimeSpan Reactivation = TimeSpan.FromSeconds(2);

    // A little over the minute that the APIs give themselves, so that their own error arrives.
    private static readonly TimeSpan ActivityTimeLimit = TimeSpan.FromSeconds(75);

    public static WebApplicationBuilder AddEdgeRoutes(this WebApplicationBuilder builder)
    {
        var options = builder.Configuration.GetSection(EdgeRouteOptions.Section).Get<EdgeRouteOptions>() ?? new EdgeRouteOptions();
        var targets = new[]
        {
            (Name: MapsApi, Url: options.MapsApi, Paths: new[] { "/v3/maps/{**rest}" }),
            (Name: SqlApi, Url: options.SqlApi, Paths: ["/v3/sql/{**rest}", "/v3/stats/{**rest}"]),
            (Name: "workspace-api", Url: options.WorkspaceApi, Paths: ["/v3/connections/{**rest}", "/v3/audit/{**rest}", "/v3/tokens/{**rest}", "/demo/{**rest}"]),
        };
        var pool = options.CachePool.Count > 0 ? options.CachePool : options.Cache is { } single ? [single] : [];
        builder.Services.AddSingleton<ILoadBalancingPolicy, CacheOwnerPolicy>();
        builder.Services.AddReverseProxy().LoadFromMemory(
            [.. targets.SelectMany(target => target.Paths.Select(path => Route(target.Name, path)))],
            [.. targets.SelectMany(target => Clusters(target.Name, target.Url, target.Name is MapsApi or SqlApi ? pool : []))]);
        return builder;
    }

    /// <summary>The cluster that has an API itself, where a cache pool stands in front of it.</summary>
    public static string DirectTo(string cluster) => $"{cluster} direct";

    public static WebApplication MapEdgeRoutes(this WebApplication app)
    {
        app.MapReverseProxy(proxy =>
        {
            proxy.UseCachePoolRetry();
            proxy.UseLoadBalancing();
            proxy.UsePassiveHealthChecks();
        });
        return app;
    }

    private static IEnumerable<ClusterConfig> Clusters(string name, Uri? url, IReadOnlyList<Uri> pool) =>
        pool.Count == 0 ? [Cluster(name, url)] : [PoolCluster(name, pool), Cluster(DirectTo(name), url)];

    // A process that does not answer is left out at once, and tried again after a moment.
    private static ClusterConfig PoolCluster(string name, IReadOnlyList<Uri> pool) => new()
    {
        ClusterId = name,
        Destinations = pool.ToDictionary(url => url.ToString(), url => new DestinationConfig { Address = url.ToString() }),
        LoadBalancingPolicy = CacheOwnerPolicy.PolicyName,
        HealthCheck = new HealthCheckConfig
        {
            Passive = new PassiveHealthCheckConfig { Enabled = true, Policy = HealthCheckConstants.PassivePolicy.TransportFailureRate, ReactivationPeriod = Reactivation },
            AvailableDestinationsPolicy = HealthCheckConstants.AvailableDestinations.HealthyAndUnknown,
        },
        HttpRequest = new ForwarderRequestConfig { ActivityTimeout = ActivityTimeLimit },
    };

    private static RouteConfig Route(string cluster, string path) => new()
    {
        RouteId = $"{cluster} {path}",
        ClusterId = cluster,
        Match = new RouteMatch { Path = path },
    };

    private static ClusterConfig Cluster(string name, Uri? url) => new()
    {
        ClusterId = name,
        Destinations = url is null
            ? null
            : new Dictionary<string, DestinationConfig> { [name] = new() { Address = url.ToString() } },
        HttpRequest = new ForwarderRequestConfig { ActivityTimeout = ActivityTimeLimit },
    };
}
