using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Transforms;

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
            // The service behind says it, too, and a header that two say would stand there twice.
            .AddTransforms(static route => route.AddResponseHeader(HeaderNames.XContentTypeOptions, "nosniff", append: false, ResponseCondition.Always))
            .ConfigureHttpClient((_, handler) => handler.ConnectTimeout = ConnectLimit);
    }

    public static void MapForwarding(this IEndpointRouteBuilder routes) => routes.MapReverseProxy(proxy =>
    {
        // Outside of the choice of a replica, so that each attempt makes its own.
        proxy.Use(Repetition.InvokeAsync);
        proxy.UseLoadBalancing();
        var abandonment = routes.ServiceProvider.GetRequiredService<Abandonment>();
        proxy.Use((context, next) => abandonment.InvokeAsync(context, next));
        proxy.UsePassiveHealthChecks();
    });
}
