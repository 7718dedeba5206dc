using Microsoft.Extensions.Hosting;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace CartoPlatform.ServiceDefaults.Telemetry;

/// <summary>Ties the providers to the host: what they hold is sent before the process ends.</summary>
internal sealed class TelemetryLifetime(MeterProvider meters, IServiceProvider services) : IHostedService
{
    private const int FlushMilliseconds = 2_000;

    private readonly TracerProvider? _tracers = (TracerProvider?)services.GetService(typeof(TracerProvider));

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken)
    {
        meters.ForceFlush(FlushMilliseconds);
        _tracers?.ForceFlush(FlushMilliseconds);
        return Task.CompletedTask;
    }
}
