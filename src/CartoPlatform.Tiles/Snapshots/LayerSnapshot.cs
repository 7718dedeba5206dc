namespace CartoPlatform.Tiles.Snapshots;

/// <summary>The rows of a layer in memory. Immutable, and safe for concurrent use.</summary>
public abstract class LayerSnapshot
{
    private readonly SnapshotColumn[] _columns;

    private protected LayerSnapshot(SnapshotColumn[] columns, long bytes)
    {
        _columns = columns;
        Bytes = bytes + columns.Sum(column => column.Bytes);
    }

    public abstract int Count { get; }

    /// <summary>What it takes in memory.</summary>
    public long Bytes { get; }

    private protected void PrefetchAttributes(int start, int count)
    {
        foreach (var column in _columns) column.Prefetch(start, count);
    }

    private protected void PushAttributes(int row, ITileFeatures target)
    {
        for (var column = 0; column < _columns.Length; column++) _columns[column].Push(row, column, target);
        target.EndFeature();
    }
}
