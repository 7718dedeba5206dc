using CartoPlatform.Auth;
using CartoPlatform.Edge.Cors;
using CartoPlatform.Edge.Limits;
using CartoPlatform.Edge.NotBuilt;
using CartoPlatform.Edge.Pages;
using CartoPlatform.Edge.Paths;
using CartoPlatform.HttpCache;
using CartoPlatform.Traffic;

namespace CartoPlatform.Edge;

/// <summary>What faces the internet, in the order in which a request passes it.</summary>
public static class EdgeModule
{
    public static WebApplicationBuilder AddEdge(this WebApplicationBuilder builder)
    {
        builder.AddEdgeLimits();
        builder.AddEdgeCors();
        builder.AddPages();
        builder.AddPlatformAuth();
        builder.AddTraffic();
        return builder;
    }

    public static WebApplication UseEdge(this WebApplication app)
    {
        // CORS first: an answer of anything below, an error too, must be readable by a browser.
        app.UseCors();
        app.UseHttpCacheFront();
        app.UseInternalHeaderStripping();
        app.UseApiPaths();
        app.UseActivity();
        app.UsePages();
        app.UseRouting();
        app.UsePlatformAuth();
        app.UseRateLimits();
        app.MapNotBuilt();
        return app;
    }
}
