using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace CartoPlatform.ServiceDefaults.Draining;

internal static class DrainExtensions
{
    /// <summary>A dependency of <c>/health/ready</c> that is there only while the service ends.</summary>
    public const string HealthCheck = "stopping";

    public static void AddPlatformDraining(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<DrainOptions>().BindConfiguration(DrainOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<Drain>().AddHostedService(services => services.GetRequiredService<Drain>());
        builder.Services.AddHealthChecks().AddCheck(HealthCheck, () => HealthCheckResult.Unhealthy("The service is ending"));
        var drain = builder.Configuration.GetSection(DrainOptions.Section).Get<DrainOptions>() ?? new DrainOptions();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = drain.Time + drain.Limit);
    }

    /// <summary>Answers of a service that ends close their connection: nobody then sends the next request into it.</summary>
    public static void UsePlatformDraining(this IApplicationBuilder app)
    {
        var drain = app.ApplicationServices.GetRequiredService<Drain>();
        app.Use((context, next) =>
        {
            if (drain.HasBegun && HttpProtocol.IsHttp11(context.Request.Protocol))
            {
                context.Response.OnStarting(() =>
                {
                    context.Response.Headers.Connection = "close";
                    return Task.CompletedTask;
                });
            }

            return next(context);
        });
    }
}
