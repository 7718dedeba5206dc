namespace CartoPlatform.Contracts.Maps;

/// <summary>What a tile says of rows that it does not show one by one; absent where there is nothing to say.</summary>
public static class TileHeaders
{
    /// <summary>How many rows of the tile's area are not in it: to keep its budget, or because their geometry cannot be drawn.</summary>
    public const string Dropped = "X-Carto-Tile-Dropped";

    /// <summary>How many rows another feature stands for.</summary>
    public const string Thinned = "X-Carto-Tile-Thinned";

    /// <summary>How many vertices of lines and polygons were left out.</summary>
    public const string Simplified = "X-Carto-Tile-Simplified";

    /// <summary>The share of the rows that was looked at, where it was not all of them: numbers of rows are estimates then.</summary>
    public const string Sampled = "X-Carto-Tile-Sampled";

    public static IReadOnlyList<string> All { get; } = [Dropped, Thinned, Simplified, Sampled];
}
