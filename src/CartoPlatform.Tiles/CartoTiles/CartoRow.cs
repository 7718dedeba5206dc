using CartoPlatform.Tiles.Geometry;
using CartoPlatform.Tiles.Protobuf;

namespace CartoPlatform.Tiles.CartoTiles;

/// <summary>Attributes of the row at hand, as they go into each of its features.</summary>
internal sealed class CartoRow : IDisposable
{
    // A JavaScript client reads ids as doubles; a larger one would be taken for its neighbour.
    private const ulong MaxId = 1ul << 53;

    /// <summary>Index of the row in the tile.</summary>
    public int GlobalId { get; private set; }

    /// <summary>Identity across tiles; 0 when there is none.</summary>
    public ulong Id { get; private set; }

    /// <summary>Content of the Properties message.</summary>
    public ProtobufBuffer Properties { get; } = new();

    /// <summary>By numeric column; NaN for null.</summary>
    public PooledList<double> Numbers { get; } = new();

    public void Begin(int globalId, ulong? id, int numericColumns)
    {
        GlobalId = globalId;
        Id = id is { } value && value <= MaxId ? value : 0;
        Properties.Clear();
        Numbers.Clear();
        Numbers.Extend(numericColumns).Fill(double.NaN);
    }

    public void Dispose()
    {
        Properties.Dispose();
        Numbers.Dispose();
    }
}
