using System.ComponentModel.DataAnnotations;

namespace CartoPlatform.MapsApi.Overviews;

/// <summary>Which tables get an overview, and what it may take.</summary>
public sealed class OverviewOptions
{
    public const string Section = "Overviews";

    /// <summary>Off, large tables are sampled at low zooms.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Tables of fewer rows are read whole.</summary>
    [Range(1, long.MaxValue)]
    public long MinRows { get; set; } = 500_000;

    /// <summary>Level of the cells: 14 is that of tiles of zoom 6 at the default resolution. Fewer where there would be too many cells.</summary>
    [Range(8, 20)]
    public int Level { get; set; } = 14;

    /// <summary>Cells of one overview, 28 bytes each, and three times that while it is built.</summary>
    [Range(1_000, 100_000_000)]
    public int MaxCells { get; set; } = 1_000_000;

    /// <summary>What all overviews take together; the least recently used go first.</summary>
    [Range(1_000_000, long.MaxValue)]
    public long MaxBytes { get; set; } = 128 * 1024 * 1024;

    /// <summary>How long the scan of a table may take.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan ScanTimeLimit { get; set; } = TimeSpan.FromMinutes(30);
}
