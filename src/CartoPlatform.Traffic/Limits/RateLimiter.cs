using System.Collections.Concurrent;
using System.Net;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.Redis;
using Microsoft.AspNetCore.Http.Features;

namespace CartoPlatform.Traffic.Limits;

/// <summary>Says of each request whether its caller may make one more now.</summary>
public sealed class RateLimiter
{
    // Of callers who have asked lately. Whose bucket is full is as good as unknown.
    private const int MaxCallers = 100_000;

    private readonly ConcurrentDictionary<Caller, TokenBucket> _own = new();
    private readonly ConcurrentDictionary<Caller, SharedBucket> _shared = new();
    private readonly LimitTable _table;
    private readonly MonthlyQuotas _quotas;
    private readonly RedisConnection _redis;
    private readonly TimeProvider _time;

    internal RateLimiter(LimitOptions options, MonthlyQuotas quotas, RedisConnection redis, TimeProvider time) =>
        (_table, _quotas, _redis, _time) = (new LimitTable(options), quotas, redis, time);

    /// <summary>Takes one request of a caller without waiting, and tells him what is left; false if it may not be made, or that cannot be said at once.</summary>
    public bool TryAdmit(IFeatureCollection request, TokenRecord token)
    {
        var limits = _table.Of(token);
        if (_quotas.IsSpent(token, limits)) return false;
        if (limits.RequestsPerMinute is null) return true;
        var verdict = Take(token, request.Get<IHttpConnectionFeature>()?.RemoteIpAddress);
        if (verdict.Kind is not VerdictKind.Admitted) return false;
        LimitHeaders.Write(request.GetRequiredFeature<IHttpResponseFeature>().Headers, verdict);
        return true;
    }

    /// <summary>Whether its holder has used up his month.</summary>
    internal bool IsSpent(TokenRecord token) => _quotas.IsSpent(token, _table.Of(token));

    /// <summary>Takes one request of a caller if that can be said at once; Unknown takes none.</summary>
    internal Verdict Take(TokenRecord? token, IPAddress? address)
    {
        var limits = _table.Of(token);
        if (limits.RequestsPerMinute is null) return Verdict.Unlimited;
        var caller = _table.CallerOf(token, address);
        return _redis.IsConfigured ? SharedOf(caller, limits).Take() : OwnOf(caller, limits).Take(_time.GetTimestamp());
    }

    /// <summary>The same; asks Redis where that is needed.</summary>
    internal ValueTask<Verdict> TakeAsync(TokenRecord? token, IPAddress? address, CancellationToken cancellationToken)
    {
        var verdict = Take(token, address);
        return verdict.Kind == VerdictKind.Unknown
            ? SharedOf(_table.CallerOf(token, address), _table.Of(token)).TakeAsync(cancellationToken)
            : new(verdict);
    }

    /// <summary>How many are remembered.</summary>
    internal int Callers => _own.Count + _shared.Count;

    private TokenBucket OwnOf(Caller caller, CallerLimits limits)
    {
        if (_own.TryGetValue(caller, out var known) && known.Limit.Is(limits)) return known;
        if (_own.Count >= MaxCallers) Forget(_own, static (bucket, now) => bucket.IsFull(now));
        return _own[caller] = new TokenBucket(RateLimit.Of(limits)!, _time.TimestampFrequency);
    }

    private SharedBucket SharedOf(Caller caller, CallerLimits limits)
    {
        if (_shared.TryGetValue(caller, out var known) && known.Limit.Is(limits)) return known;
        if (_shared.Count >= MaxCallers) Forget(_shared, static (bucket, now) => bucket.IsIdle(now));
        return _shared[caller] = new SharedBucket(RateLimit.Of(limits)!, caller.ToString(), _redis, _time);
    }

    private void Forget<TBucket>(ConcurrentDictionary<Caller, TBucket> buckets, Func<TBucket, long, bool> isIdle)
    {
        var now = _time.GetTimestamp();
        foreach (var (caller, bucket) in buckets)
        {
            if (isIdle(bucket, now)) buckets.TryRemove(KeyValuePair.Create(caller, bucket));
        }

        // So many callers at once, each with a bucket in use: memory goes before their limits.
        if (buckets.Count >= MaxCallers) buckets.Clear();
    }
}
