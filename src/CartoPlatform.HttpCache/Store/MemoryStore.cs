using System.Collections.Concurrent;
using CartoPlatform.HttpCache.Entries;
using CartoPlatform.HttpCache.Front;
using CartoPlatform.HttpCache.Keys;
using Microsoft.Extensions.Options;

namespace CartoPlatform.HttpCache.Store;

/// <summary>
/// Entries in memory, bounded in bytes. What to drop is decided by S3-FIFO (Yang et al., SOSP 2023): new entries wait in a short queue
/// and leave from there unless they were used again, so that a scan pushes nothing out that is in use; the long queue gives an entry
/// another round for every use. A hit takes no lock and moves nothing.
/// </summary>
internal sealed class MemoryStore(IOptions<HttpCacheOptions> options, FrontTable fronts)
{
    private const int MaxUses = 3;

    // Share of the memory for entries that have not proved themselves.
    private const int ShortShare = 10;

    private readonly long _capacity = options.Value.MemoryBytes;
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<CacheKey, CacheEntry> _entries = new();
    private readonly Queue<CacheEntry> _short = new();
    private readonly Queue<CacheEntry> _long = new();
    private readonly Queue<CacheKey> _ghosts = new();
    private readonly HashSet<CacheKey> _ghostKeys = [];
    private long _shortBytes;
    private long _longBytes;
    private long _evictions;

    public long Bytes => Interlocked.Read(ref _shortBytes) + Interlocked.Read(ref _longBytes);

    public int Count => _entries.Count;

    /// <summary>The same by connection, each entry counted.</summary>
    public IEnumerable<(string Connection, long Bytes)> BytesByConnection() =>
        _entries.Values.GroupBy(entry => entry.Declaration.Connection, (connection, entries) => (connection, entries.Sum(entry => entry.CountedBytes)));

    public long Evictions => Interlocked.Read(ref _evictions);

    public CacheEntry? Find(CacheKey key)
    {
        if (!_entries.TryGetValue(key, out var entry)) return null;
        Touch(entry);
        return entry;
    }

    /// <summary>Counts a use of an entry that was found elsewhere.</summary>
    public static void Touch(CacheEntry entry)
    {
        // Lost updates only make it a little less used.
        if (entry.Uses < MaxUses) entry.Uses++;
    }

    public void Keep(CacheEntry entry)
    {
        if (entry.Bytes > _capacity / ShortShare) return;
        lock (_gate)
        {
            // The one it replaces stays in its queue as an empty place.
            var isKnown = _entries.TryGetValue(entry.Key, out var old) | _ghostKeys.Remove(entry.Key);
            if (old is not null)
            {
                entry.Uses = old.Uses;
                fronts.Forget(old);
            }

            _entries[entry.Key] = entry;
            Enqueue(entry, isLong: isKnown);
            Shrink();
        }
    }

    /// <summary>Counts an entry anew whose body has taken another form.</summary>
    public void Recount(CacheEntry entry)
    {
        if (entry.Bytes == entry.CountedBytes) return;
        lock (_gate)
        {
            var more = entry.Bytes - entry.CountedBytes;
            if (!IsHeld(entry)) return;
            entry.CountedBytes += more;
            if (entry.IsInShort) _shortBytes += more;
            else _longBytes += more;
            Shrink();
        }
    }

    public void Remove(CacheEntry entry)
    {
        fronts.Forget(entry);
        _entries.TryRemove(KeyValuePair.Create(entry.Key, entry));
    }

    /// <summary>Removes what the condition says; how many there were.</summary>
    public int RemoveWhere(Func<CacheEntry, bool> condition)
    {
        var removed = 0;
        foreach (var entry in _entries.Values)
        {
            if (!condition(entry)) continue;
            fronts.Forget(entry);
            if (_entries.TryRemove(KeyValuePair.Create(entry.Key, entry))) removed++;
        }

        return removed;
    }

    private bool IsHeld(CacheEntry entry) => _entries.TryGetValue(entry.Key, out var held) && ReferenceEquals(held, entry);

    private void Enqueue(CacheEntry entry, bool isLong)
    {
        if (entry.CountedBytes == 0) entry.CountedBytes = entry.Bytes;
        entry.IsInShort = !isLong;
        (isLong ? _long : _short).Enqueue(entry);
        if (isLong) _longBytes += entry.CountedBytes;
        else _shortBytes += entry.CountedBytes;
    }

    private void Shrink()
    {
        while (_shortBytes + _longBytes > _capacity)
        {
            if (_short.Count > 0 && (_shortBytes > _capacity / ShortShare || _long.Count == 0)) DropFromShort();
            else DropFromLong();
        }
    }

    private void DropFromShort()
    {
        var entry = _short.Dequeue();
        _shortBytes -= entry.CountedBytes;
        if (!IsHeld(entry)) return;
        if (entry.Uses > 0)
        {
            entry.Uses = 0;
            Enqueue(entry, isLong: true);
            return;
        }

        Drop(entry);
        if (_ghostKeys.Add(entry.Key)) _ghosts.Enqueue(entry.Key);
        while (_ghosts.Count > Math.Max(1_000, _entries.Count)) _ghostKeys.Remove(_ghosts.Dequeue());
    }

    private void DropFromLong()
    {
        var entry = _long.Dequeue();
        _longBytes -= entry.CountedBytes;
        if (!IsHeld(entry)) return;
        if (entry.Uses == 0)
        {
            Drop(entry);
            return;
        }

        entry.Uses--;
        Enqueue(entry, isLong: true);
    }

    private void Drop(CacheEntry entry)
    {
        Remove(entry);
        _evictions++;
    }
}
