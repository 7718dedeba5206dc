using CartoPlatform.Auth;
using CartoPlatform.Contracts.Replicas;
using CartoPlatform.Forwarding;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.LoadBalancing;

namespace CartoPlatform.Edge.Routing;

/// <summary>Which process answers which path, as YARP's configuration.</summary>
public static class EdgeRoutes
{
    // A little over the minute that the APIs give themselves, so that their own error arrives.
    private static readonly TimeSpan ActivityTimeLimit = TimeSpan.FromSeconds(75);

    /// <summary>Maps that people keep: more precise than what the Maps API answers under the same prefix.</summary>
    private static readonly string[] MapAdministration =
    [
        "/v3/maps", "/v3/maps/public/{**rest}", "/v3/organization-maps/{**rest}", "/v3/maps/{id:guid}", "/v3/maps/{id:guid}/datasets/{**rest}",
        "/v3/maps/{id:guid}/privacy", "/v3/maps/{id:guid}/publish", "/v3/maps/{id:guid}/token",
    ];

    public static WebApplicationBuilder AddEdgeRoutes(this WebApplicationBuilder builder)
    {
        var options = builder.Configuration.GetSection(EdgeRouteOptions.Section).Get<EdgeRouteOptions>() ?? new EdgeRouteOptions();
        var targets = new[]
        {
            (Name: "maps-api", Urls: options.Cache ?? options.MapsApi, Paths: new[] { "/v3/maps/{**rest}" }),
            (Name: "sql-api", Urls: options.Cache ?? options.SqlApi, Paths: ["/v3/sql/{**rest}", "/v3/stats/{**rest}"]),
            (Name: "workspace-api", Urls: options.WorkspaceApi, Paths: [.. MapAdministration, "/v3/connections/{**rest}", "/connections/{**rest}", "/v3/keys/{**rest}", "/v3/audit/{**rest}", "/v3/activity/{**rest}", "/v3/usage/{**rest}", "/v3/tokens/{**rest}", "/v3/named-sources/{**rest}", "/v3/users/{**rest}", "/v3/groups/{**rest}", "/v3/accounts/{**rest}", "/v3/oauth-clients/{**rest}", "/oauth/{**rest}", "/.well-known/{**rest}", "/sign-in/{**rest}", "/config.yaml", "/demo/{**rest}"]),
        };
        builder.Services.AddForwarding(
            [.. targets.SelectMany(target => target.Paths.Select(path => Route(target.Name, path)))],
            [.. targets.Select(target => ReplicaCluster.Of(
                target.Name, ReplicaUrls.Parse(target.Urls, $"{EdgeRouteOptions.Section}: {target.Name}"), ActivityTimeLimit,
                options.Cache is not null && target.Urls == options.Cache ? CacheOwnerPolicy.PolicyName : null))]);
        builder.Services.AddSingleton<ILoadBalancingPolicy, CacheOwnerPolicy>();
        return builder;
    }

    public static WebApplication MapEdgeRoutes(this WebApplication app)
    {
        app.MapForwarding(context => context.SealCaller());
        return app;
    }

    private static RouteConfig Route(string cluster, string path) => new()
    {
        RouteId = $"{cluster} {path}",
        ClusterId = cluster,
        Match = new RouteMatch { Path = path },
    };
}
