namespace CartoPlatform.Contracts.Caching;

/// <summary>
/// So many questions in a second and a few at once, beyond what is heard of changes anyway; no locks, no timers (the generic cell rate
/// algorithm).
/// </summary>
public sealed class Allowance(int perSecond, int atOnce, TimeProvider time)
{
    private readonly long _each = time.TimestampFrequency / perSecond;
    private long _nextAt = time.GetTimestamp();

    /// <summary>Whether one could be taken at this timestamp.</summary>
    public bool IsLeftAt(long now) => Interlocked.Read(ref _nextAt) - now < _each * (atOnce - 1);

    /// <summary>Takes one, if there is one. Of two who try at the same moment one may go without.</summary>
    public bool TryTake()
    {
        var now = time.GetTimestamp();
        var next = Interlocked.Read(ref _nextAt);
        var earliest = Math.Max(next, now);
        return earliest - now < _each * atOnce && Interlocked.CompareExchange(ref _nextAt, earliest + _each, next) == next;
    }
}
