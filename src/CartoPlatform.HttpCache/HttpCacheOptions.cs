using System.ComponentModel.DataAnnotations;

namespace CartoPlatform.HttpCache;

/// <summary>What the cache may hold, and what it does where the standards leave a choice.</summary>
public sealed class HttpCacheOptions
{
    public const string Section = "Cache";

    /// <summary>Off, everything goes past the cache and says <c>BYPASS</c>.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Bodies and what belongs to them, in memory.</summary>
    [Range(1_048_576, 1_099_511_627_776)]
    public long MemoryBytes { get; set; } = 128L * 1_024 * 1_024;

    /// <summary>A larger answer is passed on and not kept.</summary>
    [Range(1_024, 1_073_741_824)]
    public int MaxObjectBytes { get; set; } = 8 * 1_024 * 1_024;

    /// <summary>A longer request body is passed on, and its answer not kept.</summary>
    [Range(1_024, 1_073_741_824)]
    public int MaxRequestBytes { get; set; } = 4 * 1_024 * 1_024;

    /// <summary>A larger entry is not written to Redis.</summary>
    [Range(1_024, 1_073_741_824)]
    public int MaxSharedObjectBytes { get; set; } = 1_024 * 1_024;

    /// <summary>How long a miss looks for an answer in Redis before it goes to the origin.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:10")]
    public TimeSpan SharedLookLimit { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long Redis keeps an entry at the most.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan SharedLifetime { get; set; } = TimeSpan.FromDays(1);

    /// <summary>So many requests of a connection go to the origin at once; the others wait. A cold start is no stampede.</summary>
    [Range(1, 100_000)]
    public int MaxOriginRequests { get; set; } = 128;

    /// <summary>The least <c>max-age</c> above 0 that a request may ask for; CARTO's documented minimum is 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan MinimumMaxAge { get; set; }

    /// <summary>How long an entry that may no longer be used still answers while the origin fails.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan StaleGrace { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>While nothing is heard from a database, so long is waited for it before a kept answer stands in.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan StaleAfter { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>What is known of versions counts for so long without a word; then entries that depend on them are not used.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:00:01")]
    public TimeSpan Silence { get; set; } = TimeSpan.FromMilliseconds(750);

    /// <summary>
    /// Behind another cache: what is said to a cache is passed on to it, which takes the caller's own away. Never where callers reach
    /// this process.
    /// </summary>
    public bool IsInner { get; set; }

    /// <summary>What this process is called among its replicas; null for the machine's name and the process's number.</summary>
    [RegularExpression("[A-Za-z0-9._-]{1,100}")]
    public string? Replica { get; set; }

    /// <summary>Internal address of the process that polls the databases, where it is another one; of several, with semicolons between them.</summary>
    public string? Feed { get; set; }
}
