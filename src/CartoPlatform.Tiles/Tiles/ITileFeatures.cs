using CartoPlatform.Tiles.Snapshots;

namespace CartoPlatform.Tiles;

/// <summary>
/// Takes rows one after the other: <see cref="BeginFeature(ReadOnlySpan{byte}, ulong?)"/>, an Add for each attribute that is not null, <see cref="EndFeature"/>.
/// </summary>
public interface ITileFeatures : ITileAttributes
{
    /// <summary>
    /// Takes the geometry of the next row: EWKB in EPSG:4326 (also when it carries no SRID) or EPSG:3857; no bytes stand for NULL.
    /// </summary>
    /// <returns>False when nothing of it is in the tile; the row is then over, without attributes and end.</returns>
    /// <exception cref="Geometry.WkbException">The bytes are not such a geometry. The row is over, the tile is as it was before.</exception>
    bool BeginFeature(ReadOnlySpan<byte> ewkb, ulong? id = null);

    /// <summary>Takes the point of the next row out of a snapshot.</summary>
    /// <returns>False when it is not in the tile; the row is then over, without attributes and end.</returns>
    bool BeginFeature(SnapshotPoint point)
    {
        Span<byte> ewkb = stackalloc byte[SnapshotPoint.EwkbBytes];
        point.WriteEwkb(ewkb);
        return BeginFeature(ewkb);
    }

    /// <summary>Takes the line or polygon of the next row out of a snapshot. Only encoders do.</summary>
    /// <returns>False when nothing of it is in the tile; the row is then over, without attributes and end.</returns>
    bool BeginFeature(PackedShape shape) => throw new NotSupportedException("Shapes of snapshots go into encoders.");

    void EndFeature();

    /// <summary>So many rows are about to come, or fewer: whoever needs room for them may take it at once.</summary>
    void Expect(int rows)
    {
    }
}
