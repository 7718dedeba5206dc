using System.ComponentModel.DataAnnotations;

namespace CartoPlatform.HttpCache;

/// <summary>What the cache may hold, and what it does where the standards leave a choice.</summary>
public sealed class HttpCacheOptions
{
    public const string Section = "Cache";

    /// <summary>
    /// Off, everything goes past the cache and says <c>BYPASS</c>. It is off until its issue is done: a change is seen some 25 ms after
    /// its commit, and a caller does not yet read his own writes within them.
    /// </summary>
    public bool Enabled { get; set; }

    /// <summary>Bodies and what belongs to them, in memory.</summary>
    [Range(1_048_576, 1_099_511_627_776)]
    public long MemoryBytes { get; set; } = 128L * 1_024 * 1_024;

    /// <summary>A larger answer is passed on and not kept.</summary>
    [Range(1_024, 1_073_741_824)]
    public int MaxObjectBytes { get; set; } = 8 * 1_024 * 1_024;

    /// <summary>A longer request body is passed on, and its answer not kept.</summary>
    [Range(1_024, 1_073_741_824)]
    public int MaxRequestBytes { get; set; } = 4 * 1_024 * 1_024;

    /// <summary>The least <c>max-age</c> above 0 that a request may ask for; CARTO's documented minimum is 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan MinimumMaxAge { get; set; }

    /// <summary>How long an entry that may no longer be used still answers while the origin fails.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan StaleGrace { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>What is known of versions counts for so long without a word; then entries that depend on them are not used.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:00:01")]
    public TimeSpan Silence { get; set; } = TimeSpan.FromMilliseconds(750);

    /// <summary>Internal address of the process that polls the databases, where it is another one; of several, with semicolons between them.</summary>
    public string? Feed { get; set; }
}
