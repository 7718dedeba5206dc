using CartoPlatform.ServiceDefaults.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace CartoPlatform.ServiceDefaults.Telemetry;

internal static class PrometheusEndpoint
{
    /// <summary><c>GET /metrics</c>, on the internal port only.</summary>
    public static void MapPrometheus(this WebApplication app) =>
        app.MapGet("/metrics", (PrometheusExporter exporter) => Results.Text(exporter.Scrape(), "text/plain; version=0.0.4; charset=utf-8"))
            .RequireInternalPort()
            .DisableHttpMetrics()
            .WithName("Metrics");
}
