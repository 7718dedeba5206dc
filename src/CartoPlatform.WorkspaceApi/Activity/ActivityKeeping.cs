using System.ComponentModel.DataAnnotations;

namespace CartoPlatform.WorkspaceApi.Activity;

/// <summary>How long calls are kept.</summary>
public sealed class ActivityKeeping
{
    public const string Section = "Activity";

    /// <summary>Whole days (UTC); the sums of months stay.</summary>
    [Range(1, 3_650)]
    public int RetentionDays { get; set; } = 30;
}
