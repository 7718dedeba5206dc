using System.Diagnostics.Metrics;
using CartoPlatform.HttpCache.Entries;
using CartoPlatform.HttpCache.Flights;
using CartoPlatform.HttpCache.Sharing;
using CartoPlatform.HttpCache.Store;

namespace CartoPlatform.HttpCache;

/// <summary>What the cache did, by kind of answer and zoom, what it holds, and what it asked of the origin.</summary>
internal sealed class CacheTelemetry : IDisposable
{
    public const string Name = "CartoPlatform.HttpCache";

    private static readonly Meter Shared = new(Name);
    private static readonly Counter<long> Invalidations = Shared.CreateCounter<long>("carto.cache.invalidations", "{entry}", "Entries that were found to be of no more use, and why");

    private static readonly Histogram<double> FlightTimes = Shared.CreateHistogram(
        "carto.cache.flight.duration", "s", "Requests to the origin, and what came of them",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60] });

    private static readonly Histogram<double> Delays = Shared.CreateHistogram(
        "carto.cache.changes.delay", "s", "How long ago a change was committed at the most when the origin's word of it came",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 5] });

    private readonly Meter _meter = new(Name);

    public CacheTelemetry(MemoryStore store, SharedStore shared, FlightBoard board, AnswerCounts counts)
    {
        _meter.CreateObservableCounter("carto.cache.requests", counts.Requests, "{request}", "Requests by what became of them, kind of answer and zoom");
        _meter.CreateObservableCounter("carto.cache.sent", counts.Bytes, "By", "Bytes of bodies that came from memory");
        _meter.CreateObservableCounter("carto.cache.age", counts.Ages, "s", "Ages of the answers from memory, added up");
        _meter.CreateObservableGauge(
            "carto.cache.size", () => store.BytesByConnection().Select(size => new Measurement<long>(size.Bytes, new KeyValuePair<string, object?>("carto.cache.connection", size.Connection))),
            "By", "Bytes of the entries in memory, by connection");
        _meter.CreateObservableGauge("carto.cache.entries", () => store.Count, "{entry}", "Entries in memory");
        _meter.CreateObservableCounter("carto.cache.evictions", () => store.Evictions, "{entry}", "Entries that made room for others");
        _meter.CreateObservableGauge("carto.cache.flights", () => board.Count, "{request}", "Requests to the origin under way");
        _meter.CreateObservableCounter("carto.cache.shared.dropped", () => shared.Dropped, "{entry}", "Entries not written to Redis because too many waited");
    }

    /// <param name="entry">What is of no more use.</param>
    /// <param name="reason"><c>changed</c>, <c>old</c>, or <c>unheard</c>: nothing is known of its data.</param>
    public static void CountInvalidation(CacheEntry entry, string reason) => Invalidations.Add(
        1, new KeyValuePair<string, object?>("carto.cache.kind", entry.Declaration.Kind), new KeyValuePair<string, object?>("carto.cache.reason", reason));

    public static void CountFlight(TimeSpan duration, FlightResult result) => FlightTimes.Record(
        duration.TotalSeconds, new KeyValuePair<string, object?>("carto.cache.result", result switch
        {
            FlightResult.Kept => "kept",
            FlightResult.Shared => "shared",
            FlightResult.Stale => "stale",
            FlightResult.Cancelled => "cancelled",
            _ => "passed",
        }));

    /// <param name="delay">Since the word before this one.</param>
    public static void CountChange(TimeSpan delay) => Delays.Record(delay.TotalSeconds);

    public void Dispose() => _meter.Dispose();
}
