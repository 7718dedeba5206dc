using System.Buffers;
using System.Buffers.Binary;

namespace CartoPlatform.Tiles.Snapshots;

/// <summary>
/// The rows of a layer of points in memory, in the order of a curve through the world (Morton), so that those of a tile stand together.
/// Immutable, and safe for concurrent use.
/// </summary>
public sealed class PointSnapshot : LayerSnapshot
{
    // Cells of the curve are tiles of this zoom.
    internal const int KeyZoom = 16;

    private const int CoordinateBytes = 16;

    private readonly uint[] _keys;
    private readonly int[] _ranks;
    private readonly double[] _xs;
    private readonly double[] _ys;
    private readonly byte[] _header; // of EWKB, in front of the coordinates

    internal PointSnapshot(uint[] keys, int[] ranks, double[] xs, double[] ys, SnapshotColumn[] columns, byte[] header)
        : base(columns, keys.Length * (long)(sizeof(uint) + sizeof(int) + CoordinateBytes)) =>
        (_keys, _ranks, _xs, _ys, _header) = (keys, ranks, xs, ys, header);

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
        var (rows, left) = (inOrder ? Sorted(range) : null, 0L);
        Span<byte> ewkb = stackalloc byte[_header.Length + CoordinateBytes];
        _header.CopyTo(ewkb);
        for (var i = 0; i < range.Count; i++)
        {
            if (hasRoom()) Push(rows is null ? range.Start + i : rows[i], ewkb, target);
            else left++;
        }

        if (rows is not null) ArrayPool<int>.Shared.Return(rows);
        return left;
    }

    private void Push(int row, Span<byte> ewkb, ITileFeatures target)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(ewkb[_header.Length..], _xs[row]);
        BinaryPrimitives.WriteDoubleLittleEndian(ewkb[(_header.Length + sizeof(double))..], _ys[row]);
        if (target.BeginFeature(ewkb)) PushAttributes(row, target);
    }

    private int[] Sorted(SnapshotRange range)
    {
        var (rows, ranks) = (ArrayPool<int>.Shared.Rent(range.Count), ArrayPool<int>.Shared.Rent(range.Count));
        for (var i = 0; i < range.Count; i++) (rows[i], ranks[i]) = (range.Start + i, _ranks[range.Start + i]);
        Array.Sort(ranks, rows, 0, range.Count);
        ArrayPool<int>.Shared.Return(ranks);
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
