using System.Text.Json;

namespace CartoPlatform.Load.Tiles;

/// <summary>
/// What a run over a list of tiles took, as the programs in <c>Native</c> print it; times in milliseconds. That of the processor is the
/// client's own at first; <see cref="TileContest"/> adds that of the server and the database.
/// </summary>
internal sealed record TileRun(double Milliseconds, int Tiles, long Bytes, int Empty, int Failed, double Processor, double P50, double P95, double P99)
{
    public double TilesPerSecond => Tiles / Milliseconds * 1_000;

    public double MegabytesPerSecond => Bytes / Milliseconds / 1_000;

    public static TileRun Parse(string json) =>
        JsonSerializer.Deserialize<TileRun>(json, JsonSerializerOptions.Web) ?? throw new InvalidOperationException("The run printed nothing.");

    /// <summary>The median of each number by itself.</summary>
    public static TileRun MedianOf(IReadOnlyList<TileRun> runs)
    {
        double Of(Func<TileRun, double> number) => runs.Select(number).Order().ElementAt(runs.Count / 2);
        return runs[0] with
        {
            Milliseconds = Of(run => run.Milliseconds),
            Failed = runs.Sum(run => run.Failed),
            Processor = Of(run => run.Processor),
            P50 = Of(run => run.P50),
            P95 = Of(run => run.P95),
            P99 = Of(run => run.P99),
        };
    }
}
