using System.Buffers;

namespace CartoPlatform.Tiles;

/// <summary>
/// Makes one tile of cells: <see cref="BeginCell"/>, an Add for each attribute that is not null, <see cref="EndCell"/>; at the end
/// <see cref="WriteTo"/>. Not safe for concurrent use. Equal cells in equal order give equal bytes.
/// </summary>
public interface ICellEncoder : ITileAttributes, IDisposable
{
    /// <summary>Media type of the tile.</summary>
    string ContentType { get; }

    /// <summary>Cells that are in the tile so far.</summary>
    int CellCount { get; }

    /// <summary>Bytes that <see cref="WriteTo"/> writes for the cells so far.</summary>
    int Length { get; }

    void BeginCell(long cell);

    void EndCell();

    void WriteTo(IBufferWriter<byte> output);
}
