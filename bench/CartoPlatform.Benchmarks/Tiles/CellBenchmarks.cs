using BenchmarkDotNet.Attributes;
using CartoPlatform.Tiles.Cells;

namespace CartoPlatform.Benchmarks.Tiles;

/// <summary>Cells of points, in bulk: the time is that of one point.</summary>
[MemoryDiagnoser]
[ShortRunJob]
public class CellBenchmarks
{
    private const int Points = 10_000;

    private (double Longitude, double Latitude)[] _places = [];

    [Params("h3", "quadbin")]
    public string Scheme { get; set; } = "";

    [Params(5, 9, 15)]
    public int Resolution { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(4);
        _places = [.. Enumerable.Range(0, Points).Select(_ => (random.NextDouble() * 360 - 180, random.NextDouble() * 170 - 85))];
    }

    [Benchmark(OperationsPerInvoke = Points)]
    public long FromDegrees()
    {
        var scheme = Scheme == "h3" ? CellScheme.H3 : CellScheme.Quadbin;
        long sum = 0;
        foreach (var (longitude, latitude) in _places) sum ^= scheme.FromDegrees(longitude, latitude, Resolution);
        return sum;
    }
}
