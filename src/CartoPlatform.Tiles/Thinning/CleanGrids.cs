using System.Collections.Concurrent;

namespace CartoPlatform.Tiles.Thinning;

/// <summary>Arrays of zeros for the cells of tiles. On the finest grid one has 16 MB: to clear it takes longer than to make most tiles, so that who has used one clears what he has used.</summary>
internal static class CleanGrids
{
    // Larger ones, of the finest grids, are few.
    private const int ManyCells = 1 << 20;

    private static readonly ConcurrentDictionary<int, ConcurrentBag<int[]>> Kept = new();

    public static int[] Rent(int cells) => Kept.TryGetValue(cells, out var bag) && bag.TryTake(out var grid) ? grid : new int[cells];

    /// <param name="grid">All zeros again.</param>
    public static void Return(int[] grid)
    {
        var bag = Kept.GetOrAdd(grid.Length, _ => []);
        if (bag.Count < (grid.Length > ManyCells ? 2 : 2 * Environment.ProcessorCount)) bag.Add(grid);
    }
}
