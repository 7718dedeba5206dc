using System.Collections.Concurrent;

namespace CartoPlatform.WorkspaceApi.Passwords;

/// <summary>
/// Counts failures of a minute by what was tried and from where. Bounded: when there are too many keys all start over, which gives an
/// attacker with that many addresses nothing he did not have.
/// </summary>
internal sealed class AttemptLimiter(TimeProvider time)
{
    public const int MaxFailures = 10;

    /// <summary>How long failures count; whoever is blocked is so for no longer.</summary>
    public const int WindowSeconds = 60;

    private const int MaxKeys = 100_000;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(WindowSeconds);

    private readonly ConcurrentDictionary<string, (long Since, int Failures)> _keys = new(StringComparer.Ordinal);

    public bool IsBlocked(string key) =>
        _keys.TryGetValue(key, out var counted) && counted.Failures >= MaxFailures && time.GetElapsedTime(counted.Since) < Window;

    public void CountFailure(string key)
    {
        if (_keys.Count >= MaxKeys) _keys.Clear();
        var now = time.GetTimestamp();
        _keys.AddOrUpdate(key, (now, 1), (_, counted) => time.GetElapsedTime(counted.Since, now) < Window ? (counted.Since, counted.Failures + 1) : (now, 1));
    }
}
