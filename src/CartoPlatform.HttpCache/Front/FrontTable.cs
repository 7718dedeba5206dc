using System.Collections.Concurrent;
using CartoPlatform.HttpCache.Entries;

namespace CartoPlatform.HttpCache.Front;

/// <summary>
/// From a request as it came to the entry and the decision: to find a key, verify a token and decide cost several times as much as all
/// the rest of a hit. Holds nothing that the store has let go.
/// </summary>
internal sealed class FrontTable
{
    private const int MaxHits = 20_000;

    // Callers with tokens of their own share an entry: the rest of them takes the longer way.
    private const int MaxHitsPerEntry = 64;

    private readonly ConcurrentDictionary<FrontKey, FrontHit> _hits = new();

    public FrontHit? Find(FrontKey key) => _hits.GetValueOrDefault(key);

    public void Keep(FrontKey key, FrontHit hit)
    {
        if (_hits.Count >= MaxHits) _hits.Clear();
        lock (hit.Entry.Fronts)
        {
            // One that is known is decided anew whenever a record was read again, and takes no further place.
            if (hit.Entry.IsGone || (hit.Entry.Fronts.Count >= MaxHitsPerEntry && !hit.Entry.Fronts.Contains(key))) return;
            hit.Entry.Fronts.Add(key);
            _hits[key] = hit;
        }
    }

    /// <summary>The store has let it go.</summary>
    public void Forget(CacheEntry entry)
    {
        lock (entry.Fronts)
        {
            entry.IsGone = true;
            foreach (var key in entry.Fronts)
            {
                if (_hits.TryGetValue(key, out var hit) && ReferenceEquals(hit.Entry, entry)) _hits.TryRemove(KeyValuePair.Create(key, hit));
            }

            entry.Fronts.Clear();
        }
    }
}
