namespace CartoPlatform.Traffic.Limits;

/// <summary>
/// A bucket of requests in one number: the moment at which it is full again (the generic cell rate algorithm, ITU-T I.371). Taking is a
/// compare-and-swap and allocates nothing; time is the process's own, which no setting of the clock moves.
/// </summary>
internal sealed class TokenBucket(RateLimit limit, long frequency)
{
    // Whole timestamps, so that nothing is lost in rounding; one is a billionth of a second, or ten.
    private readonly long _interval = Math.Max(1, (long)Math.Round(limit.MicrosecondsPerRequest * frequency / 1_000_000));
    private long _fullAt = long.MinValue;

    public RateLimit Limit => limit;

    public bool IsFull(long now) => Volatile.Read(ref _fullAt) <= now;

    public Verdict Take(long now)
    {
        while (true)
        {
            var fullAt = Volatile.Read(ref _fullAt);
            var after = Math.Max(fullAt, now) + _interval;
            var excess = after - now - (limit.Burst * _interval);
            if (excess > 0) return new Verdict(VerdictKind.Refused, limit, 0, ToTime(excess), ToTime(fullAt - now));
            if (Interlocked.CompareExchange(ref _fullAt, after, fullAt) != fullAt) continue;
            return new Verdict(VerdictKind.Admitted, limit, (int)(-excess / _interval), TimeSpan.Zero, ToTime(after - now));
        }
    }

    private TimeSpan ToTime(long timestamps) => TimeSpan.FromSeconds((double)timestamps / frequency);
}
