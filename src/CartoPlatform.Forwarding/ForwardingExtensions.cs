using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;

namespace CartoPlatform.Forwarding;

/// <summary>YARP as the platform uses it: between replicas that come and go.</summary>
public static class ForwardingExtensions
{
    // Within one data centre a connection takes milliseconds: who has not answered by then is gone.
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(2);

    public static IReverseProxyBuilder AddForwarding(
        this IServiceCollection services, IReadOnlyList<RouteConfig> routes, IReadOnlyList<ClusterConfig> clusters)
    {
        services.AddSingleton<IPassiveHealthCheckPolicy, ConnectionFailurePolicy>();
        services.AddSingleton<Probes>().AddSingleton<IActiveHealthCheckPolicy>(provider => provider.GetRequiredService<Probes>());
        services.AddSingleton<Abandonment>();
        return services.AddReverseProxy().LoadFromMemory(routes, clusters)
            .ConfigureHttpClient((_, handler) => handler.ConnectTimeout = ConnectLimit);
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
