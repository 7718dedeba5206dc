using System.ComponentModel.DataAnnotations;

namespace CartoPlatform.Traffic.Activity;

/// <summary>What is kept of calls.</summary>
public sealed class ActivityOptions
{
    public const string Section = "Activity";

    /// <summary>Whether single calls are kept. What callers use in a month is counted in any case.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Single calls that one edge hands over at the most; what is beyond is counted and not kept, so that writing never holds up answering.</summary>
    [Range(1, 1_000_000)]
    public int MaxPerSecond { get; set; } = 1_000;

    /// <summary>Single calls that wait to be handed over, in memory.</summary>
    [Range(1, 10_000_000)]
    public int MaxWaiting { get; set; } = 10_000;

    /// <summary>How often they are handed over.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(1);
}
