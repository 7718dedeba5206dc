using System.Collections.Concurrent;
using System.Net;

namespace CartoPlatform.Auth.Attempts;

/// <summary>
/// Counts failures of a minute by what was tried and from where. An attempt counts from its begin, so that many at once are no way around.
/// Bounded: when there are too many keys all start over, which gives an attacker with that many networks nothing he did not have.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="maxFailures">So many in a minute.</param>
public sealed class AttemptLimiter(TimeProvider time, int maxFailures = AttemptLimiter.MaxFailures)
{
    public const int MaxFailures = 10;

    /// <summary>How long failures count; whoever is blocked is so for no longer.</summary>
    public const int WindowSeconds = 60;

    internal const int MaxKeys = 100_000;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(WindowSeconds);

    private readonly ConcurrentDictionary<string, (long Since, int Failures)> _keys = new(StringComparer.Ordinal);

    /// <summary>How many are remembered.</summary>
    internal int Keys => _keys.Count;

    /// <summary>What is tried, and from which network.</summary>
    public static string KeyOf(string what, IPAddress? address) => $"{what}/{NetworkAddress.Of(address):x}";

    /// <summary>Begins an attempt; false where there have been too many.</summary>
    public bool TryBegin(string key)
    {
        if (_keys.Count >= MaxKeys && !_keys.ContainsKey(key)) _keys.Clear();
        var now = time.GetTimestamp();
        return _keys.AddOrUpdate(key, (now, 1), (_, counted) => IsOver(counted.Since, now) ? (now, 1) : (counted.Since, Math.Min(counted.Failures, maxFailures) + 1)).Failures <= maxFailures;
    }

    /// <summary>The attempt was no failure.</summary>
    public void Forgive(string key)
    {
        if (_keys.TryGetValue(key, out var counted) && counted.Failures > 0) _keys.TryUpdate(key, (counted.Since, counted.Failures - 1), counted);
    }

    private bool IsOver(long since, long now) => time.GetElapsedTime(since, now) >= Window;
}
