using CartoPlatform.Contracts.Replicas;
using CartoPlatform.Forwarding;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace CartoPlatform.Balancer;

/// <summary>Spreads callers over several edges. Knows nothing of what they ask.</summary>
public static class BalancerModule
{
    private const string EdgeCluster = "edge";
    private const int MaxRequestLineBytes = 1_048_576;

    // Over the edge's own 75 s, so that its error arrives.
    private static readonly TimeSpan ActivityTimeLimit = TimeSpan.FromSeconds(80);

    public static WebApplicationBuilder AddBalancer(this WebApplicationBuilder builder)
    {
        var options = builder.Configuration.GetSection(BalancerOptions.Section).Get<BalancerOptions>() ?? new BalancerOptions();
        var edges = ReplicaUrls.Parse(options.Edge, $"{BalancerOptions.Section}:{nameof(options.Edge)}");
        if (edges.Count == 0) throw new InvalidOperationException("Balancer:Edge is not set: it holds the base URLs of the edges");

        builder.Services.Configure<KestrelServerOptions>(kestrel =>
        {
            // Refused here already: an edge that refuses a body which still comes would be heard only after it.
            kestrel.Limits.MaxRequestBodySize = builder.Configuration.GetValue(BalancerOptions.MaxBodyBytesKey, BalancerOptions.DefaultMaxBodyBytes);
            kestrel.Limits.MaxRequestLineSize = MaxRequestLineBytes;
            kestrel.Limits.MaxRequestBufferSize = 2 * MaxRequestLineBytes;
        });
        builder.Services.AddForwarding(
            [new RouteConfig { RouteId = "all", ClusterId = EdgeCluster, Match = new RouteMatch { Path = "{**path}" } }],
            [ReplicaCluster.Of(EdgeCluster, edges, ActivityTimeLimit)]);
        return builder;
    }

    /// <summary>An error of the balancer's own must be readable by a browser, as those of the edge are.</summary>
    public static IApplicationBuilder UseReadableErrors(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        context.Response.OnStarting(() =>
        {
            if (context.Response.StatusCode >= StatusCodes.Status500InternalServerError || context.Features.Get<IForwarderErrorFeature>() is not null)
                context.Response.Headers.TryAdd("Access-Control-Allow-Origin", "*");
            return Task.CompletedTask;
        });
        return next(context);
    });
}
