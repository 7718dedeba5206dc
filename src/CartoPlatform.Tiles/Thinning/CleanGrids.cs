namespace CartoPlatform.Tiles.Thinning;

/// <summary>
/// Arrays of zeros for the cells of tiles. On the finest grid of a map one has 16 MB, and most tiles use few of its cells: whoever has used
/// an array clears what was used, instead of the next one all of it.
/// </summary>
internal static class CleanGrids
{
    // 48 MB of all sizes together, however many threads there are; what is beyond goes to the garbage collector.
    private const int MaxKeptCells = 12 << 20;

    private static readonly Lock Gate = new();
    private static readonly Dictionary<int, Stack<int[]>> Kept = [];
    private static int _keptCells;

    /// <summary>An array that nobody else has until it is returned.</summary>
    public static int[] Rent(int cells)
    {
        lock (Gate)
        {
            if (Kept.TryGetValue(cells, out var grids) && grids.TryPop(out var grid))
            {
                _keptCells -= cells;
                return grid;
            }
        }

        return new int[cells];
    }

    /// <param name="grid">All zeros again. One that is not returned is only lost.</param>
    public static void Return(int[] grid)
    {
        lock (Gate)
        {
            if (grid.Length > MaxKeptCells - _keptCells) return;
            if (!Kept.TryGetValue(grid.Length, out var grids)) Kept[grid.Length] = grids = new Stack<int[]>();
            grids.Push(grid);
            _keptCells += grid.Length;
        }
    }
}
