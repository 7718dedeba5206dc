using System.Diagnostics.Metrics;

namespace CartoPlatform.PostGis.Changes;

/// <summary>How soon changes are heard of.</summary>
internal static class ChangeTelemetry
{
    private static readonly Meter Meter = new("CartoPlatform.PostGis");

    private static readonly Histogram<double> Delays = Meter.CreateHistogram(
        "carto.changes.delay", "s", "How long ago a change was committed at the most when it was heard of",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 5] });

    /// <param name="atMost">Since the question that did not bring it yet.</param>
    public static void Heard(TimeSpan atMost) => Delays.Record(atMost.TotalSeconds);
}
