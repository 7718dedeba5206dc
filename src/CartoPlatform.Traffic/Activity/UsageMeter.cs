using System.Collections.Concurrent;
using CartoPlatform.Contracts.Activity;
using Microsoft.AspNetCore.Http;

namespace CartoPlatform.Traffic.Activity;

/// <summary>Sums of all calls since the last look, by caller and month.</summary>
internal sealed class UsageMeter
{
    private ConcurrentDictionary<Key, Sums> _now = new();
    private ConcurrentDictionary<Key, Sums> _before = new();

    public void Add(in Call call)
    {
        // Who was refused has used nothing: being sent away must not use up his month.
        if (call.Status == StatusCodes.Status429TooManyRequests) return;
        var key = new Key(call.At.UtcDateTime.Year, call.At.UtcDateTime.Month, call.Token?.AccountId ?? Guid.Empty, call.CallerId, call.CallerKind);
        Volatile.Read(ref _now).GetOrAdd(key, static _ => new Sums()).Add(call.Rows ?? 0, call.Bytes);
    }

    /// <summary>
    /// What has been summed up to the last look: whoever was about to add then has done so by now, so that nothing is counted twice or
    /// lost. Looked at a second time it is what has come since.
    /// </summary>
    public IReadOnlyList<UsageRecord> Take()
    {
        var ended = _before;
        _before = Interlocked.Exchange(ref _now, new());
        return
        [
            .. ended.Select(entry => new UsageRecord(
                new DateOnly(entry.Key.Year, entry.Key.Month, 1), entry.Key.AccountId, entry.Key.CallerId, entry.Key.Kind,
                entry.Value.Requests, entry.Value.Rows, entry.Value.Bytes)),
        ];
    }

    private readonly record struct Key(int Year, int Month, Guid AccountId, Guid CallerId, string Kind);

    private sealed class Sums
    {
        private long _requests;
        private long _rows;
        private long _bytes;

        public long Requests => Volatile.Read(ref _requests);

        public long Rows => Volatile.Read(ref _rows);

        public long Bytes => Volatile.Read(ref _bytes);

        public void Add(long rows, long bytes)
        {
            Interlocked.Increment(ref _requests);
            if (rows > 0) Interlocked.Add(ref _rows, rows);
            if (bytes > 0) Interlocked.Add(ref _bytes, bytes);
        }
    }
}
