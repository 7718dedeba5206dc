using System.Diagnostics;

namespace CartoPlatform.Testing.Platform;

/// <summary>Waits for something that another process does.</summary>
public static class Wait
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <exception cref="TimeoutException">With <paramref name="what"/> in it.</exception>
    public static async Task UntilAsync(string what, Func<Task<bool>> condition, TimeSpan limit)
    {
        if (!await TryUntilAsync(condition, limit)) throw new TimeoutException($"After {limit} still not: {what}.");
    }

    public static async Task<bool> TryUntilAsync(Func<Task<bool>> condition, TimeSpan limit)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > limit) return false;
            await Task.Delay(Interval);
        }

        return true;
    }
}
