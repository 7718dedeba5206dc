using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;

namespace CartoPlatform.Forwarding;

/// <summary>YARP as the platform uses it: between replicas that come and go.</summary>
public static class ForwardingExtensions
{
    public static IReverseProxyBuilder AddForwarding(
        this IServiceCollection services, IReadOnlyList<RouteConfig> routes, IReadOnlyList<ClusterConfig> clusters)
    {
        services.AddOptions<ForwardingOptions>().BindConfiguration(ForwardingOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IPassiveHealthCheckPolicy, ConnectionFailurePolicy>();
        services.AddSingleton<Probes>().AddSingleton<IActiveHealthCheckPolicy>(provider => provider.GetRequiredService<Probes>());
        services.AddSingleton<Abandonment>();
        var proxy = services.AddReverseProxy().LoadFromMemory(routes, clusters);
        // After it: the last one counts.
        services.AddSingleton<IForwarderHttpClientFactory, ReplicaConnections>();
        return proxy;
    }

    /// <param name="routes">Of the process that passes requests on.</param>
    /// <param name="prepare">Done to each before it is passed on.</param>
    public static void MapForwarding(this IEndpointRouteBuilder routes, Action<HttpContext>? prepare = null) => routes.MapReverseProxy(proxy =>
    {
        if (prepare is not null)
        {
            proxy.Use((context, next) =>
            {
                prepare(context);
                return next();
            });
        }

        // Outside of the choice of a replica, so that each attempt makes its own.
        proxy.Use(Repetition.InvokeAsync);
        proxy.UseLoadBalancing();
        var abandonment = routes.ServiceProvider.GetRequiredService<Abandonment>();
        proxy.Use((context, next) => abandonment.InvokeAsync(context, next));
        proxy.UsePassiveHealthChecks();
    });
}
