namespace CartoPlatform.WorkspaceClient.Caching;

/// <summary>How long a cache trusts what it has read, and how much it holds.</summary>
/// <param name="FreshFor">Age up to which an entry is used without asking again.</param>
/// <param name="GraceFor">Age up to which an entry is used when asking fails.</param>
/// <param name="Capacity">Sum of the sizes of all entries.</param>
internal sealed record RecordCacheLimits(TimeSpan FreshFor, TimeSpan GraceFor, long Capacity)
{
    private const double OutageShare = 0.4;

    /// <summary>An answer takes milliseconds. When the source begins to hang, callers wait this long.</summary>
    public TimeSpan AnswerWithin { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The same while it is known to hang: so short that one attempt can follow the other before what the first has shown is too old.</summary>
    public TimeSpan AnswerWithinOutage => AnswerWithin < FreshFor * OutageShare ? AnswerWithin : FreshFor * OutageShare;

    /// <summary>
    /// Tokens and connections: a revocation is seen everywhere within a second, and an outage of the Workspace API stops nothing that
    /// is known for an hour (architecture, "Security"). The capacity is a number of entries.
    /// </summary>
    public static readonly RecordCacheLimits Records = new(TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), 20_000);

    /// <summary>Map definitions never change under their id. The capacity is in characters (two bytes each).</summary>
    public static readonly RecordCacheLimits Definitions = new(TimeSpan.MaxValue, TimeSpan.MaxValue, 16 * 1024 * 1024);
}
