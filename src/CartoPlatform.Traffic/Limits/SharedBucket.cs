using CartoPlatform.Redis;

namespace CartoPlatform.Traffic.Limits;

/// <summary>
/// One caller's bucket in Redis, of which this process takes some requests at a time (a lease) and then decides by itself. While Redis
/// is away, or slow, a bucket of this process's own stands in.
/// </summary>
internal sealed class SharedBucket(RateLimit limit, string name, RedisConnection redis, TimeProvider time)
{
    // Redis's own clock, as microseconds; if it was set back, the bucket is empty and not in debt. Answers how many were taken, how many
    // are left, after how long one more is there, and after how long all are.
    private const string TakeScript = """
        local clock = redis.call('time')
        local now = clock[1] * 1000000 + clock[2]
        local interval, burst, want = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
        local full = math.max(tonumber(redis.call('get', KEYS[1]) or 0), now)
        full = math.min(full, now + burst * interval)
        local room = math.floor((burst * interval - (full - now)) / interval + 0.000001)
        local taken = math.min(room, want)
        if taken > 0 then
          full = full + taken * interval
          redis.call('set', KEYS[1], string.format('%.0f', full), 'PX', math.ceil((full - now) / 1000) + 1)
        end
        local wait = math.max(0, full + interval - now - burst * interval)
        return {taken, room - taken, math.ceil(wait), math.ceil(full - now)}
        """;

    // One request in so long tries Redis again; the others do not wait for it.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly TokenBucket _own = new(limit, time.TimestampFrequency);
    private readonly Lock _gate = new();
    private Task? _asking;
    private int _leased;
    private int _waiting;
    private int _left;
    private long _fullAt = long.MinValue;
    private long _refusedUntil = long.MinValue;
    private long _aloneUntil = long.MinValue;

    public RateLimit Limit => limit;

    /// <summary>Nothing is lost when it is forgotten but a lease.</summary>
    public bool IsIdle(long now) => _own.IsFull(now) && Volatile.Read(ref _fullAt) <= now && Volatile.Read(ref _refusedUntil) <= now;

    /// <returns>Unknown where Redis has to be asked first.</returns>
    public Verdict Take()
    {
        var now = time.GetTimestamp();
        if (now < Volatile.Read(ref _aloneUntil) || !redis.IsConnected) return _own.Take(now);
        var leased = Interlocked.Decrement(ref _leased);
        if (leased >= 0)
        {
            // The next ones are fetched while there are some left.
            if (leased < limit.Lease / 2 && now >= Volatile.Read(ref _refusedUntil)) _ = Asking();
            return new Verdict(VerdictKind.Admitted, limit, leased + Volatile.Read(ref _left), TimeSpan.Zero, Until(Volatile.Read(ref _fullAt), now));
        }

        Interlocked.Increment(ref _leased);
        var refusedUntil = Volatile.Read(ref _refusedUntil);
        return now < refusedUntil
            ? new Verdict(VerdictKind.Refused, limit, 0, Until(refusedUntil, now), Until(Volatile.Read(ref _fullAt), now))
            : new Verdict(VerdictKind.Unknown, limit, 0, TimeSpan.Zero, TimeSpan.Zero);
    }

    public async ValueTask<Verdict> TakeAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            while (true)
            {
                var verdict = Take();
                if (verdict.Kind != VerdictKind.Unknown) return verdict;
                await Asking().WaitAsync(cancellationToken);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private Task Asking()
    {
        lock (_gate) return _asking is { IsCompleted: false } ? _asking : _asking = AskAsync();
    }

    private async Task AskAsync()
    {
        var want = Math.Clamp(Volatile.Read(ref _waiting), limit.Lease, limit.Burst);
        var answer = await redis.TryAsync(async database => (long[]?)await database.ScriptEvaluateAsync(
            TakeScript, [redis.Key($"limit:{name}")], [limit.MicrosecondsPerRequest, limit.Burst, want]));
        var now = time.GetTimestamp();
        if (answer is not [var taken, var left, var wait, var full])
        {
            Volatile.Write(ref _aloneUntil, now + ToTimestamps(Pause.TotalMicroseconds));
            return;
        }

        Volatile.Write(ref _left, (int)left);
        Volatile.Write(ref _fullAt, now + ToTimestamps(full));
        if (taken == 0) Volatile.Write(ref _refusedUntil, now + ToTimestamps(Math.Max(1, wait)));
        else Interlocked.Add(ref _leased, (int)taken);
    }

    private long ToTimestamps(double microseconds) => (long)(microseconds * time.TimestampFrequency / 1_000_000);

    private TimeSpan Until(long timestamp, long now) => timestamp <= now ? TimeSpan.Zero : time.GetElapsedTime(now, timestamp);
}
