using Yarp.ReverseProxy.Configuration;

namespace CartoPlatform.Forwarding.Tests;

/// <summary>Gives probes more time than the product does, for tests of something else than silence.</summary>
internal sealed class ProbePatience(TimeSpan limit) : IProxyConfigFilter
{
    public ValueTask<ClusterConfig> ConfigureClusterAsync(ClusterConfig cluster, CancellationToken cancel) => ValueTask.FromResult(cluster with
    {
        HealthCheck = cluster.HealthCheck! with { Active = cluster.HealthCheck.Active! with { Timeout = limit } },
    });

    public ValueTask<RouteConfig> ConfigureRouteAsync(RouteConfig route, ClusterConfig? cluster, CancellationToken cancel) => ValueTask.FromResult(route);
}
