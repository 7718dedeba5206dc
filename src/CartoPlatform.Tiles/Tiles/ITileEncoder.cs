using System.Buffers;

namespace CartoPlatform.Tiles;

/// <summary>
/// Makes one tile of rows pushed into it: <see cref="BeginFeature"/>, an Add for each attribute that is not null,
/// <see cref="EndFeature"/>; at the end <see cref="WriteTo"/>. Not safe for concurrent use. Equal rows in equal order
/// give equal bytes.
/// </summary>
public interface ITileEncoder : ITileAttributes, IDisposable
{
    /// <summary>Media type of the tile.</summary>
    string ContentType { get; }

    /// <summary>Rows that are in the tile so far.</summary>
    int FeatureCount { get; }

    /// <summary>Bytes that <see cref="WriteTo"/> writes for the rows so far. Costs nothing to ask.</summary>
    int Length { get; }

    /// <summary>Starts over with another tile and other columns, keeping the buffers.</summary>
    void Reset(TileGrid grid, IReadOnlyList<TileColumn> columns);

    /// <summary>
    /// Takes the geometry of the next row: EWKB in EPSG:4326 (also when it carries no SRID) or EPSG:3857; no bytes stand for NULL.
    /// </summary>
    /// <returns>False when nothing of it is in the tile; the row is then over, without attributes and end.</returns>
    /// <exception cref="Geometry.WkbException">The bytes are not such a geometry. The row is over, the tile is as it was before.</exception>
    bool BeginFeature(ReadOnlySpan<byte> ewkb, ulong? id = null);

    void EndFeature();

    /// <summary>Writes the tile. It can be written again, and rows can follow.</summary>
    void WriteTo(IBufferWriter<byte> output);
}
