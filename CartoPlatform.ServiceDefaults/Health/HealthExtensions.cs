using System.Text.Json;
using CartoPlatform.ServiceDefaults.Draining;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace CartoPlatform.ServiceDefaults.Health;

internal static class HealthExtensions
{
    public static void AddPlatformHealth(this WebApplicationBuilder builder) => builder.Services.AddHealthChecks();

    /// <summary><c>/health</c>: the process lives, nothing is asked. <c>/health/ready</c>: every dependency, one entry each.</summary>
    public static void MapPlatformHealth(this WebApplication app)
    {
        app.MapHealthChecks("/health", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync }).DisableHttpMetrics();
        var drain = app.Services.GetRequiredService<Drain>();
        app.MapHealthChecks("/health/ready", new HealthCheckOptions
        {
            Predicate = check => check.Name != DrainExtensions.HealthCheck || drain.HasBegun,
            ResponseWriter = WriteAsync,
        }).DisableHttpMetrics();
    }

    private static async Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        var namesAreToBeTold = context.RequestServices.GetRequiredService<IOptions<HealthDetails>>().Value.AreFor(context);
        var writer = new Utf8JsonWriter(context.Response.BodyWriter);
        await using (writer.ConfigureAwait(false))
        {
            writer.WriteStartObject();
            writer.WriteString("status", report.Status.ToString().ToLowerInvariant());
            writer.WriteStartObject("dependencies");
            foreach (var (name, entry) in report.Entries)
            {
                writer.WriteStartObject(name);
                writer.WriteString("status", entry.Status.ToString().ToLowerInvariant());
                var isWhole = namesAreToBeTold || !HealthDetails.HasNames(entry);
                if (isWhole && entry.Description is not null) writer.WriteString("description", entry.Description);
                foreach (var (key, value) in entry.Data.Where(datum => isWhole || datum.Value is int))
                {
                    writer.WritePropertyName(key);
                    JsonSerializer.Serialize(writer, value);
                }

                writer.WriteEndObject();
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }
}
