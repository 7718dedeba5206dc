using System.ComponentModel.DataAnnotations;

namespace CartoPlatform.MapsApi.Summaries;

/// <summary>How numbers of rows and bounds of sources are found.</summary>
public sealed class SummaryOptions
{
    public const string Section = "Summaries";

    /// <summary>Up to here rows are counted and measured while the caller waits: that takes a fraction of a second.</summary>
    [Range(0, long.MaxValue)]
    public long MaxWaitRows { get; set; } = 500_000;

    /// <summary>Off, the planner's statistics are all that is told of larger tables.</summary>
    public bool MeasureLarge { get; set; } = true;

    /// <summary>How long it may take to measure a large table.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan ScanTimeLimit { get; set; } = TimeSpan.FromMinutes(5);
}
