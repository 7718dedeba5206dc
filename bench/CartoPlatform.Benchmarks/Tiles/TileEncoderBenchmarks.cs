using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using CartoPlatform.Tiles;
using CartoPlatform.Tiles.CartoTiles;
using CartoPlatform.Tiles.Mvt;

namespace CartoPlatform.Benchmarks.Tiles;

/// <summary>One dense tile (4,000 features, four attributes) from rows in memory to bytes in memory.</summary>
[MemoryDiagnoser]
[ShortRunJob]
public class TileEncoderBenchmarks : IDisposable
{
    private const int Features = 4000;

    private static readonly TileColumn[] Columns =
    [
        new("id", TileColumnKind.Number), new("name", TileColumnKind.Text), new("category", TileColumnKind.Text), new("value", TileColumnKind.Number),
    ];

    private static readonly TileGrid Grid = new(TileRows.Tile, extent: 4096, buffer: 64);
    private static readonly byte[][] Names = [.. Enumerable.Range(0, Features).Select(i => Encoding.UTF8.GetBytes($"feature {i}"))];

    private readonly ArrayBufferWriter<byte> _output = new(8 << 20);
    private readonly MvtEncoder _mvt = new(Grid, Columns);
    private readonly CartoVectorTileEncoder _carto = new(Grid, Columns);
    private byte[][] _rows = [];

    [Params("points", "lines", "polygons")]
    public string Geometry { get; set; } = "";

    [GlobalSetup]
    public void MakeRows() => _rows = Geometry switch
    {
        "points" => TileRows.Points(Features),
        "lines" => TileRows.Lines(Features),
        _ => TileRows.Polygons(Features),
    };

    [GlobalCleanup]
    public void Dispose()
    {
        _mvt.Dispose();
        _carto.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true)]
    public int Mvt() => Encode(_mvt);

    [Benchmark]
    public int Carto() => Encode(_carto);

    private int Encode(ITileEncoder encoder)
    {
        encoder.Reset(Grid, Columns);
        for (var i = 0; i < _rows.Length; i++)
        {
            if (!encoder.BeginFeature(_rows[i], (ulong)i)) continue;
            encoder.Add(0, (long)i);
            encoder.Add(1, Names[i]);
            encoder.Add(2, Names[i % 12]);
            encoder.Add(3, i * 0.37);
            encoder.EndFeature();
        }

        _output.ResetWrittenCount();
        encoder.WriteTo(_output);
        return _output.WrittenCount;
    }
}
