namespace CartoPlatform.Tiles.Snapshots;

/// <summary>
/// The rows of a layer of points in memory, in the order of a curve through the world (Morton), so that those of a tile stand together.
/// Immutable, and safe for concurrent use.
/// </summary>
public sealed class PointSnapshot : LayerSnapshot
{
    // Cells of the curve are tiles of this zoom.
    internal const int KeyZoom = 16;

    // Of more, the first would be out of the processor's cache when it is their turn.
    private const int MostPrefetched = 8_192;

    private readonly uint[] _keys;
    private readonly int[] _ranks;
    private readonly Chunks<double> _xs;
    private readonly Chunks<double> _ys;
    private readonly int _srid;

    internal PointSnapshot(uint[] keys, int[] ranks, Chunks<double> xs, Chunks<double> ys, SnapshotColumn[] columns, int srid)
        : base(columns, keys.Length * (long)(sizeof(uint) + sizeof(int)) + xs.Bytes + ys.Bytes) =>
        (_keys, _ranks, _xs, _ys, _srid) = (keys, ranks, xs, ys, srid);

    /// <inheritdoc/>
    public override int Count => _keys.Length;

    /// <summary>The rows among which are all of a tile, and mostly no others.</summary>
    public SnapshotRange Find(TileAddress tile)
    {
        var depth = 2 * Math.Max(0, KeyZoom - tile.Z);
        var (column, row) = (tile.X >> Math.Max(0, tile.Z - KeyZoom), tile.Y >> Math.Max(0, tile.Z - KeyZoom));
        var first = MortonCode.Of(column, row) << depth;
        return new SnapshotRange(LowerBound(first), LowerBound(first + (1UL << depth)));
    }

    /// <summary>Gives rows to an encoder, or what comes before it.</summary>
    /// <param name="range">Of <see cref="Find"/>.</param>
    /// <param name="inOrder">In the order that they were added in; else in any.</param>
    /// <param name="target">Of the columns that the snapshot has.</param>
    /// <param name="hasRoom">Whether another one may come.</param>
    /// <returns>How many were left out.</returns>
    public long PushInto(SnapshotRange range, bool inOrder, ITileFeatures target, Func<bool> hasRoom)
    {
        target.Expect(range.Count);
        if (!inOrder) return PushInto(range, target, hasRoom);
        if (range.Count <= MostPrefetched) Prefetch(range);
        var (rows, left) = (Sorted(range), 0L);
        foreach (var row in rows.AsSpan(0, range.Count))
        {
            if (hasRoom()) Push((int)(uint)row, target);
            else left++;
        }

        TileArrays.Return(rows);
        return left;
    }

    private long PushInto(SnapshotRange range, ITileFeatures target, Func<bool> hasRoom)
    {
        var left = 0L;
        for (var row = range.Start; row < range.End; row++)
        {
            if (hasRoom()) Push(row, target);
            else left++;
        }

        return left;
    }

    private void Prefetch(SnapshotRange range)
    {
        _xs.Prefetch(range.Start, range.Count);
        _ys.Prefetch(range.Start, range.Count);
        PrefetchAttributes(range.Start, range.Count);
    }

    private void Push(int row, ITileFeatures target)
    {
        if (target.BeginFeature(new SnapshotPoint(_xs[row], _ys[row], _srid))) PushAttributes(row, target);
    }

    // Rows below their ranks.
    private ulong[] Sorted(SnapshotRange range)
    {
        var rows = TileArrays.Rent<ulong>(range.Count);
        for (var i = 0; i < range.Count; i++) rows[i] = ((ulong)_ranks[range.Start + i] << 32) | (uint)(range.Start + i);
        rows.AsSpan(0, range.Count).Sort();
        return rows;
    }

    private int LowerBound(ulong key)
    {
        var (low, high) = (0, _keys.Length);
        while (low < high)
        {
            var middle = (int)(((uint)low + (uint)high) >> 1);
            if (_keys[middle] < key) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}

/// <summary>Rows that stand together.</summary>
public readonly record struct SnapshotRange(int Start, int End)
{
    public int Count => End - Start;
}
