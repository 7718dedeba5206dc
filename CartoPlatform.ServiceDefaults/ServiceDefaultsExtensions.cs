using CartoPlatform.ServiceDefaults.Draining;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.ServiceDefaults.Health;
using CartoPlatform.ServiceDefaults.Hosting;
using CartoPlatform.ServiceDefaults.Http;
using CartoPlatform.ServiceDefaults.Proxies;
using CartoPlatform.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Builder;

namespace CartoPlatform.ServiceDefaults;

/// <summary>What every service has in common: telemetry, health, errors, and how it is hosted. Two calls, one at each end of Program.cs.</summary>
public static class ServiceDefaultsExtensions
{
    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder)
    {
        builder.AddPlatformHosting();
        builder.AddPlatformDraining();
        builder.AddPlatformTelemetry();
        builder.AddPlatformHealth();
        builder.AddPlatformErrors();
        builder.AddPlatformProxies();
        return builder;
    }

    /// <summary>Adds error handling in front of everything and the health and metrics endpoints. Call it right after Build().</summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        // First, and not when an answer begins: answers from memory are too quick to register anything.
        app.Use(static (context, next) =>
        {
            ContentSniffing.Forbid(context.Response);
            return next(context);
        });
        app.UsePlatformDraining();
        app.UsePlatformErrors();
        app.UsePlatformProxies();
        app.MapPlatformHealth();
        app.MapPrometheus();
        return app;
    }
}
