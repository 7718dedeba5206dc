namespace CartoPlatform.WorkspaceClient.Caching;

/// <summary>How long a cache trusts what it has read, and how much it holds.</summary>
/// <param name="FreshFor">Age up to which an entry is used without asking again.</param>
/// <param name="GraceFor">Age up to which an entry is used when asking fails.</param>
/// <param name="Capacity">Sum of the sizes of all entries.</param>
internal sealed record RecordCacheLimits(TimeSpan FreshFor, TimeSpan GraceFor, long Capacity)
{
    /// <summary>How long a read may take at all, and whoever knows nothing waits. An answer takes milliseconds.</summary>
    public TimeSpan AnswerWithin { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long the first waits who could go on with what is known: less than <see cref="FreshFor"/>, so that the next need not wait at all.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMilliseconds(800);

    /// <summary>The same while there is an outage: so short that one attempt can follow the other before what the first has shown is too old.</summary>
    public TimeSpan PatienceInOutage { get; init; } = TimeSpan.FromMilliseconds(400);

    /// <summary>
    /// Tokens and connections: a revocation is seen everywhere within a second, and an outage of the Workspace API stops nothing that
    /// is known for an hour (architecture, "Security"). The capacity is a number of entries.
    /// </summary>
    public static readonly RecordCacheLimits Records = new(TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), 20_000);

    /// <summary>
    /// Map definitions never change under their id. The capacity is in characters (two bytes each). They may be large, so one that is long
    /// in coming says nothing about the records.
    /// </summary>
    public static readonly RecordCacheLimits Definitions = new(TimeSpan.MaxValue, TimeSpan.MaxValue, 16 * 1024 * 1024)
    {
        Patience = TimeSpan.FromSeconds(3),
        PatienceInOutage = TimeSpan.FromSeconds(3),
    };
}
