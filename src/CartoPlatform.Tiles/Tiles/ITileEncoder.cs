using System.Buffers;

namespace CartoPlatform.Tiles;

/// <summary>
/// Makes one tile of rows pushed into it; at the end <see cref="WriteTo"/>. Not safe for concurrent use. Equal rows in equal order
/// give equal bytes.
/// </summary>
public interface ITileEncoder : ITileFeatures, IDisposable
{
    /// <summary>Media type of the tile.</summary>
    string ContentType { get; }

    /// <summary>Rows that are in the tile so far.</summary>
    int FeatureCount { get; }

    /// <summary>Vertices that <see cref="TileGrid.Simplify"/> has left out so far.</summary>
    long RemovedVertices { get; }

    /// <summary>Bytes that <see cref="WriteTo"/> writes for the rows so far. Costs nothing to ask.</summary>
    int Length { get; }

    /// <summary>Starts over with another tile and other columns, keeping the buffers.</summary>
    void Reset(TileGrid grid, IReadOnlyList<TileColumn> columns);

    /// <summary>Writes the tile. It can be written again, and rows can follow.</summary>
    void WriteTo(IBufferWriter<byte> output);
}
