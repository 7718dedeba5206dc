using System.ComponentModel.DataAnnotations;

namespace CartoPlatform.MapsApi.Warm;

/// <summary>Which tables are kept in memory for their tiles, and what that may take.</summary>
public sealed class WarmOptions
{
    public const string Section = "WarmLayers";

    /// <summary>Off, every tile is read from the database.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>After so many tiles of a table with the same columns it is read whole.</summary>
    [Range(1, int.MaxValue)]
    public int MinUses { get; set; } = 10;

    /// <summary>Larger tables are not kept.</summary>
    [Range(1, 100_000_000)]
    public long MaxRows { get; set; } = 5_000_000;

    /// <summary>Rows among which a tile is looked for; at lower zooms the table's overview does better.</summary>
    [Range(1, 100_000_000)]
    public int MaxTileRows { get; set; } = 500_000;

    /// <summary>What all tables take together; the least recently used go before another one is read, which takes a third more until it is done.</summary>
    [Range(1_000_000, int.MaxValue)]
    public long MaxBytes { get; set; } = 96 * 1024 * 1024;

    /// <summary>What nobody has asked for since then is forgotten.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan MaxIdle { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// So old the last word of changes may be where more than a few tiles are asked for in a second; zero asks the database for every tile.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:00.500")]
    public TimeSpan MaxWordAge { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long the reading of a table may take.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan ScanTimeLimit { get; set; } = TimeSpan.FromMinutes(5);
}
