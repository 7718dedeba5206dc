using System.Diagnostics.Metrics;
using CartoPlatform.HttpCache.Entries;
using CartoPlatform.HttpCache.Store;

namespace CartoPlatform.HttpCache;

/// <summary>What the cache did, by kind of answer, and what it holds.</summary>
internal sealed class CacheTelemetry
{
    private const string Name = "CartoPlatform.HttpCache";

    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> Requests = Meter.CreateCounter<long>("carto.cache.requests", "{request}", "Requests by what became of them");

    public CacheTelemetry(MemoryStore store)
    {
        Meter.CreateObservableGauge("carto.cache.size", () => store.Bytes, "By", "Bytes of all entries in memory");
        Meter.CreateObservableGauge("carto.cache.entries", () => store.Count, "{entry}", "Entries in memory");
        Meter.CreateObservableCounter("carto.cache.evictions", () => store.Evictions, "{entry}", "Entries that made room for others");
    }

    public static void CountHit(CacheEntry entry) => Requests.Add(
        1,
        new KeyValuePair<string, object?>("carto.cache.status", CacheOutcome.Hit),
        new KeyValuePair<string, object?>("carto.cache.kind", entry.Declaration.Kind));

    public static void Count(CacheOutcome outcome) => Requests.Add(
        1,
        new KeyValuePair<string, object?>("carto.cache.status", outcome.Status),
        new KeyValuePair<string, object?>("carto.cache.kind", outcome.Entry?.Declaration.Kind ?? "other"));
}
