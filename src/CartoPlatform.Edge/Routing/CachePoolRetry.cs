using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace CartoPlatform.Edge.Routing;

/// <summary>
/// A process of the cache pool that does not answer costs nobody an answer: a request that only reads goes to another one once, or past
/// the caches to the API itself.
/// </summary>
internal static class CachePoolRetry
{
    public static void UseCachePoolRetry(this IReverseProxyApplicationBuilder proxy) => proxy.Use(async (context, next) =>
    {
        await next();
        if (!MayTryAgain(context)) return;
        var feature = context.GetReverseProxyFeature();
        var others = feature.AllDestinations.Where(destination => destination != feature.ProxiedDestination && IsUsable(destination)).ToArray();
        var direct = EdgeRoutes.DirectTo(feature.Cluster.Config.ClusterId);
        if (others.Length > 0) feature.AvailableDestinations = others;
        else if (context.RequestServices.GetRequiredService<IProxyStateLookup>().TryGetCluster(direct, out var cluster)) context.ReassignProxyRequest(cluster);
        else return;

        context.Response.StatusCode = StatusCodes.Status200OK;
        context.Features.Set<IForwarderErrorFeature>(null);
        feature.ProxiedDestination = null;
        await next();
    });

    private static bool MayTryAgain(HttpContext context) =>
        context.GetForwarderErrorFeature() is { Error: ForwarderError.Request or ForwarderError.RequestTimedOut or ForwarderError.NoAvailableDestinations }
        && !context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested
        && (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method));

    private static bool IsUsable(DestinationState destination) => destination.Health.Passive != DestinationHealth.Unhealthy;
}
