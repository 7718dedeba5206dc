namespace CartoPlatform.Tiles.Thinning;

/// <summary>
/// All points of a table in few cells: how many rows each has, and where the row is that stands for it, the one that
/// <see cref="PointThinner"/> would choose. Tiles down to some zoom are complete with it. Immutable.
/// </summary>
public sealed class PointOverview
{
    private const int BytesPerCell = sizeof(ulong) + sizeof(uint) + sizeof(ulong) + sizeof(long);

    private readonly ulong[] _cells; // on Morton's curve, ascending
    private readonly uint[] _counts;
    private readonly ulong[] _hashes;
    private readonly long[] _addresses;

    internal PointOverview(int level, IReadOnlyList<KeyValuePair<ulong, OverviewEntry>> cells, long rows)
    {
        (Level, Rows) = (level, rows);
        _cells = [.. cells.Select(cell => cell.Key)];
        _counts = [.. cells.Select(cell => cell.Value.Count)];
        _hashes = [.. cells.Select(cell => cell.Value.Hash)];
        _addresses = [.. cells.Select(cell => cell.Value.Address)];
    }

    /// <summary>The level of the cells: a grid of 2 to the power of this columns and rows over the world.</summary>
    public int Level { get; }

    /// <summary>Rows that have a place in the world.</summary>
    public long Rows { get; }

    public long Bytes => (long)_cells.Length * BytesPerCell;

    /// <summary>Whether the cells of a tile are no finer than those that are known.</summary>
    public bool Covers(TileAddress tile, int cellBits) => tile.Z + cellBits <= Level;

    /// <summary>The cells of a tile that have rows, in the order of the curve.</summary>
    public IReadOnlyList<OverviewCell> Cells(TileAddress tile, int cellBits)
    {
        if (!Covers(tile, cellBits)) throw new ArgumentOutOfRangeException(nameof(tile), $"The overview has no cells as fine as those of a tile of zoom {tile.Z}.");
        var shift = 2 * (Level - tile.Z);
        var first = MortonCode.Of(tile.X, tile.Y) << shift;
        var start = Find(first);
        var end = Find(first + (1UL << shift));
        var roll = 2 * (Level - tile.Z - cellBits);
        var mask = (1UL << (2 * cellBits)) - 1;
        var cells = new List<OverviewCell>();
        for (var i = start; i < end;)
        {
            var cell = _cells[i] >> roll;
            var (count, best) = (0L, i);
            for (; i < end && _cells[i] >> roll == cell; i++)
            {
                count += _counts[i];
                if ((_hashes[i], _addresses[i]).CompareTo((_hashes[best], _addresses[best])) < 0) best = i;
            }

            cells.Add(new OverviewCell(MortonCode.Column(cell & mask), MortonCode.Row(cell & mask), count, _addresses[best]));
        }

        return cells;
    }

    private int Find(ulong cell)
    {
        var index = Array.BinarySearch(_cells, cell);
        return index < 0 ? ~index : index;
    }
}

/// <param name="Column">In the grid of the tile.</param>
/// <param name="Row">In the grid of the tile.</param>
/// <param name="Count">How many rows lie in it.</param>
/// <param name="Address">Where the one is that stands for them, as it was added.</param>
public readonly record struct OverviewCell(int Column, int Row, long Count, long Address);

internal record struct OverviewEntry(uint Count, ulong Hash, long Address);
