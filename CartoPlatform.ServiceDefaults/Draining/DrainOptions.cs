using System.ComponentModel.DataAnnotations;

namespace CartoPlatform.ServiceDefaults.Draining;

/// <summary>How a service ends that others send requests to.</summary>
public sealed class DrainOptions
{
    public const string Section = "Drain";

    /// <summary>
    /// From the wish to end until no new connections are taken: meanwhile it says that it is not ready, so that whoever sends requests
    /// chooses another. At least twice the interval of the probes; 0 where nobody else could be chosen.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan Time { get; set; }

    /// <summary>After it, requests that still run are given up.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan Limit { get; set; } = TimeSpan.FromSeconds(10);
}
