using System.Collections.Concurrent;
using System.Globalization;

namespace CartoPlatform.HttpCache.Entries;

/// <summary>
/// When somebody last wrote through this process, by connection. Whoever reads after the answer to a write has come must see it: what
/// was kept counts only with word from the database that is younger than the mark, and where nothing is heard of changes, not at all.
/// </summary>
internal sealed class WriteMarks(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, long> _marks = new(StringComparer.Ordinal);
    private long _last = long.MinValue;

    /// <summary>The last write on whatever connection.</summary>
    public long LastOfAll => Interlocked.Read(ref _last);

    /// <summary>Timestamp; the least there is without a write.</summary>
    public long Of(string connection) => _marks.IsEmpty ? long.MinValue : _marks.GetValueOrDefault(connection, long.MinValue);

    /// <summary>How many milliseconds ago the last write was, at the most; null without one that still counts.</summary>
    public long? AgeOf(string connection)
    {
        var at = Of(connection);
        return at == long.MinValue ? null : (long)time.GetElapsedTime(at).TotalMilliseconds;
    }

    /// <summary>Takes note of what an answer says (<see cref="Contracts.Caching.CacheDeclaration.ChangedHeader"/>).</summary>
    public void Note(string changed)
    {
        var separator = changed.LastIndexOf(';');
        var connection = separator < 0 ? changed : changed[..separator];
        _ = long.TryParse(changed.AsSpan(separator + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds);
        var at = time.GetTimestamp() - (milliseconds * time.TimestampFrequency / 1_000);
        _marks.AddOrUpdate(connection, at, (_, known) => Math.Max(known, at));
        for (var last = LastOfAll; last < at; last = LastOfAll)
        {
            if (Interlocked.CompareExchange(ref _last, at, last) == last) return;
        }
    }
}
