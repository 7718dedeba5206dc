using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace CartoPlatform.ServiceDefaults.Telemetry;

internal static class TelemetryExtensions
{
    // The sources and meters that the libraries bring themselves; ours are named as their assembly.
    private static readonly string[] Sources = ["Microsoft.AspNetCore", "System.Net.Http", "Npgsql", "CartoPlatform.*"];

    private static readonly string[] Meters =
    [
        "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "Npgsql", "System.Runtime", "CartoPlatform.*",
    ];

    public static void AddPlatformTelemetry(this WebApplicationBuilder builder)
    {
        // The environment has the last word: OTEL_SERVICE_NAME, and the instance that an orchestrator knows the process by.
        var resource = ResourceBuilder.CreateEmpty().AddTelemetrySdk().AddService(builder.Environment.ApplicationName).AddEnvironmentVariableDetector();
        var export = !string.IsNullOrEmpty(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        var prometheus = new PrometheusExporter();
        builder.Services.AddSingleton(prometheus);

        // Counted up and down for each request, which takes as long as a tenth of an answer from memory, and nobody looks at it.
        var meters = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(Meters)
            .AddView("http.server.active_requests", MetricStreamConfiguration.Drop)
            .AddReader(new BaseExportingMetricReader(prometheus));
        if (export) meters.AddOtlpExporter();
        builder.Services.AddSingleton(meters.Build());

        // Without a collector nobody reads spans: then none are made.
        if (export)
        {
            builder.Services.AddSingleton(
                Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(Sources).AddProcessor<UnaskedCalls>().AddOtlpExporter().Build());
            builder.Logging.AddOpenTelemetry(logs => logs.SetResourceBuilder(resource).AddOtlpExporter());
        }
        else
        {
            // For as long as this category is on at all the host makes an activity and a log scope for each request, which nobody would read.
            // What it logs by itself, an exception that reaches it, never does: an exception handler stands in front (UsePlatformErrors).
            builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        }

        builder.Services.AddHostedService<TelemetryLifetime>();
    }
}
