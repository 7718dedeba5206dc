using System.Globalization;
using CartoPlatform.Load.Measuring;

namespace CartoPlatform.Load.Tiles;

/// <summary>One way to get the tiles of a set.</summary>
internal sealed record TileContestant(string Name, Func<Task<TileRun>> RunAsync);

/// <summary>Contestants in turns, in another order each round, after one round that warms up; the first is the reference.</summary>
internal sealed class TileContest(string name, ProcessorTime processor, IReadOnlyList<TileContestant> contestants)
{
    private const int Rounds = 5;

    public static void Heading() =>
        Report.Columns("tiles", "", "load", "tiles/s", "MB/s", "ratio", "p50, ms", "p99, ms", "p99 ratio", "processor, ms a tile", "processor ratio", "KB a tile", "empty");

    /// <returns>How many tiles failed.</returns>
    public async Task<int> RunAsync()
    {
        var runs = contestants.ToDictionary(contestant => contestant.Name, _ => new List<TileRun>());
        var load = Load;
        for (var round = 0; round <= Rounds; round++)
        {
            for (var turn = 0; turn < contestants.Count; turn++)
            {
                var contestant = contestants[(round + turn) % contestants.Count];
                var before = processor.Milliseconds;
                var run = await contestant.RunAsync();
                run = run with { Processor = run.Processor + processor.Milliseconds - before };
                if (round > 0) runs[contestant.Name].Add(run);
            }
        }

        var reference = TileRun.MedianOf(runs[contestants[0].Name]);
        var failed = 0;
        foreach (var contestant in contestants)
        {
            var run = TileRun.MedianOf(runs[contestant.Name]);
            failed += run.Failed;
            Report.Row(
                name, run.Failed == 0 ? contestant.Name : $"{contestant.Name}: {run.Failed} FAILED", load, Text(run.TilesPerSecond, "#,0"), Text(run.MegabytesPerSecond, "0.0"),
                Text(RatioOf(contestant, runs), "0.00"), Text(run.P50, "0.0"), Text(run.P99, "0.0"), Text(run.P99 / reference.P99, "0.00"), Text(run.Processor / run.Tiles, "0.000"), Text(reference.Processor / run.Processor, "0.00"),
                Text(run.Bytes / 1e3 / Math.Max(1, run.Tiles - run.Empty), "0.0"), $"{run.Empty}");
        }

        return failed;
    }

    // Of the two runs of a round, which met the same load; the median over the rounds.
    private double RatioOf(TileContestant contestant, Dictionary<string, List<TileRun>> runs) =>
        runs[contestant.Name].Zip(runs[contestants[0].Name], (own, reference) => own.TilesPerSecond / reference.TilesPerSecond).Order().ElementAt(Rounds / 2);

    private static string Load => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    private static string Text(double number, string format) => number.ToString(format, CultureInfo.InvariantCulture);
}
