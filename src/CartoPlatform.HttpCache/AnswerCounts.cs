using System.Diagnostics.Metrics;
using System.Globalization;
using CartoPlatform.Contracts.Caching;
using CartoPlatform.HttpCache.Entries;

namespace CartoPlatform.HttpCache;

/// <summary>
/// Counts of answers, plain numbers that are read when somebody asks: a counter of the library with three labels would take a twentieth of
/// all that a hit takes.
/// </summary>
internal sealed class AnswerCounts
{
    // Zooms come from URLs: 0 to 30, and one place for what has none.
    private const int Zooms = 32;
    private const int NoZoom = Zooms - 1;

    private static readonly string[] Statuses = [CacheOutcome.Hit, CacheOutcome.Miss, CacheOutcome.Bypass, CacheOutcome.Stale, CacheOutcome.Coalesced];

    private static readonly string[] Kinds =
        [AnswerKinds.Tile, AnswerKinds.Map, AnswerKinds.TileJson, AnswerKinds.Model, AnswerKinds.Stats, AnswerKinds.Query, "other"];

    private static readonly string[] ZoomNames = [.. Enumerable.Range(0, NoZoom).Select(zoom => zoom.ToString(CultureInfo.InvariantCulture)), ""];

    private readonly long[] _requests = new long[Statuses.Length * Kinds.Length * Zooms];
    private readonly long[] _bytes = new long[Kinds.Length];
    private readonly long[] _milliseconds = new long[Kinds.Length];

    /// <summary>Where a hit on this entry is counted.</summary>
    public static int SlotOf(CacheEntry entry, int? zoom) => SlotOf(CacheOutcome.Hit, entry.Declaration.Kind, zoom);

    public void Hit(int slot, double ageSeconds, long bytes)
    {
        Interlocked.Increment(ref _requests[slot]);
        Answer(slot / Zooms % Kinds.Length, ageSeconds, bytes);
    }

    public void Add(CacheOutcome outcome) => Interlocked.Increment(ref _requests[SlotOf(outcome.Status, outcome.Entry?.Declaration.Kind ?? "", outcome.Zoom)]);

    /// <summary>An answer that was not made for this caller.</summary>
    public void Answer(CacheEntry entry, double ageSeconds, long bytes) => Answer(PlaceOf(Kinds, entry.Declaration.Kind), ageSeconds, bytes);

    public IEnumerable<Measurement<long>> Requests()
    {
        for (var slot = 0; slot < _requests.Length; slot++)
        {
            if (Interlocked.Read(ref _requests[slot]) is > 0 and var count)
            {
                yield return new Measurement<long>(
                    count, new("carto.cache.status", Statuses[slot / Zooms / Kinds.Length]), Label(slot / Zooms % Kinds.Length), new("carto.cache.zoom", ZoomNames[slot % Zooms]));
            }
        }
    }

    public IEnumerable<Measurement<long>> Bytes() => Kinds.Select((_, kind) => new Measurement<long>(Interlocked.Read(ref _bytes[kind]), Label(kind)));

    public IEnumerable<Measurement<double>> Ages() => Kinds.Select((_, kind) => new Measurement<double>(Interlocked.Read(ref _milliseconds[kind]) / 1_000.0, Label(kind)));

    private void Answer(int kind, double ageSeconds, long bytes)
    {
        Interlocked.Add(ref _bytes[kind], bytes);
        Interlocked.Add(ref _milliseconds[kind], (long)(ageSeconds * 1_000));
    }

    private static int SlotOf(string status, string kind, int? zoom) =>
        (((PlaceOf(Statuses, status) * Kinds.Length) + PlaceOf(Kinds, kind)) * Zooms) + (zoom is >= 0 and < NoZoom ? zoom.Value : NoZoom);

    private static int PlaceOf(string[] names, string name) => Array.IndexOf(names, name) is >= 0 and var place ? place : names.Length - 1;

    private static KeyValuePair<string, object?> Label(int kind) => new("carto.cache.kind", Kinds[kind]);
}
