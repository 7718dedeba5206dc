using System.Diagnostics;

namespace CartoPlatform.Load.Measuring;

/// <summary>
/// Contestants take turns, so that what else the machine does meets them alike, and in another order each round. Only their ratios are
/// comparable, and only within one run.
/// </summary>
internal static class Rounds
{
    /// <param name="count">Rounds that count; one before them warms up.</param>
    /// <param name="contestants">Who takes turns.</param>
    public static async Task<IReadOnlyList<Measurement>> RunAsync(int count, IReadOnlyList<Contestant> contestants)
    {
        var times = contestants.ToDictionary(contestant => contestant.Name, _ => new List<TimeSpan>());
        var bytes = new Dictionary<string, long>();
        for (var round = 0; round <= count; round++)
        {
            for (var turn = 0; turn < contestants.Count; turn++)
            {
                var contestant = contestants[(round + turn) % contestants.Count];
                var started = Stopwatch.GetTimestamp();
                bytes[contestant.Name] = await contestant.RunAsync();
                if (round > 0) times[contestant.Name].Add(Stopwatch.GetElapsedTime(started));
            }
        }

        return [.. contestants.Select(contestant => new Measurement(contestant.Name, Median(times[contestant.Name]), bytes[contestant.Name]))];
    }

    private static TimeSpan Median(List<TimeSpan> times)
    {
        times.Sort();
        return (times[(times.Count - 1) / 2] + times[times.Count / 2]) / 2;
    }
}
