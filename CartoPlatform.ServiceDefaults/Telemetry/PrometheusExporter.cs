using System.Text;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace CartoPlatform.ServiceDefaults.Telemetry;

/// <summary>
/// Writes the current metrics in Prometheus' text format 0.0.4. (OpenTelemetry's own exporter is a preview that partial feeds lack.)
/// Collection happens when somebody asks, one at a time.
/// </summary>
[ExportModes(ExportModes.Pull)]
internal sealed class PrometheusExporter : BaseExporter<Metric>, IPullMetricExporter
{
    private readonly Lock _gate = new();
    private string _text = "";

    public Func<int, bool>? Collect { get; set; }

    public string Scrape()
    {
        lock (_gate)
        {
            Collect?.Invoke(Timeout.Infinite);
            return _text;
        }
    }

    public override ExportResult Export(in Batch<Metric> batch)
    {
        var text = new StringBuilder();
        foreach (var metric in batch)
            PrometheusFormat.Write(text, metric);
        _text = text.ToString();
        return ExportResult.Success;
    }
}
