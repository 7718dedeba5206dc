namespace CartoPlatform.HttpCache.Entries;

/// <summary>So many in a second and a few at once; no locks, no timers (the generic cell rate algorithm).</summary>
internal sealed class Allowance(int perSecond, int atOnce, TimeProvider time)
{
    private readonly long _each = time.TimestampFrequency / perSecond;
    private long _nextAt = time.GetTimestamp();

    /// <summary>Whether one could be taken at this timestamp.</summary>
    public bool IsLeftAt(long now) => Interlocked.Read(ref _nextAt) - now < _each * (atOnce - 1);

    public bool TryTake()
    {
        var now = time.GetTimestamp();
        var next = Interlocked.Read(ref _nextAt);
        var earliest = Math.Max(next, now);
        return earliest - now < _each * atOnce && Interlocked.CompareExchange(ref _nextAt, earliest + _each, next) == next;
    }
}
