using System.ComponentModel.DataAnnotations;

namespace CartoPlatform.SqlApi.Queries;

/// <summary>What one query may take. Rows and time are CARTO's published limits.</summary>
public sealed class QueryLimits
{
    public const string Section = "Sql:Limits";

    /// <summary>A result with more rows is an error: it is never cut without a word.</summary>
    [Range(1, 100_000_000)]
    public int MaxRows { get; set; } = 200_000;

    /// <summary>From the first byte asked of the database to the last one given to the client. <c>Pools:StatementTimeLimit</c> holds as well.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan TimeLimit { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>A row is held in memory whole, and up to six times as large when it is escaped.</summary>
    [Range(1_024, 256 * 1_024 * 1_024)]
    public int MaxRowBytes { get; set; } = 64 * 1_024 * 1_024;

    /// <summary>So much of an answer is held back, so that an error in it is still an answer of its own.</summary>
    [Range(0, 256 * 1_024 * 1_024)]
    public int HoldBackBytes { get; set; } = 4 * 1_024 * 1_024;

    /// <summary>
    /// Queries of one connection that run at a time: by default about half of its pool, so that tiles find the rest free. One token may
    /// have all but one of them.
    /// </summary>
    [Range(1, 1_000)]
    public int MaxConcurrent { get; set; } = Math.Max(3, Environment.ProcessorCount);

    /// <summary>Queries of one connection that wait for one of those to end. The next is answered 503.</summary>
    [Range(0, 10_000)]
    public int MaxWaiting { get; set; } = 100;

    /// <summary>How long a query waits before it is answered 503.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan WaitLimit { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Whether some rows go to nobody after the start, so that the first callers find all of it compiled.</summary>
    public bool WarmUp { get; set; } = true;
}
