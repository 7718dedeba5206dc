namespace CartoPlatform.Traffic.Limits;

internal enum VerdictKind
{
    /// <summary>There is no limit for this caller.</summary>
    Unlimited,
    Admitted,
    Refused,

    /// <summary>The others have to be asked first.</summary>
    Unknown,
}

/// <summary>What a limit says of one request.</summary>
/// <param name="Kind">Whether it may go on.</param>
/// <param name="Limit">The limit; null without one.</param>
/// <param name="Remaining">How many more may come at once.</param>
/// <param name="Wait">Until one more may come; of a refused one.</param>
/// <param name="Reset">Until all are there again.</param>
internal readonly record struct Verdict(VerdictKind Kind, RateLimit? Limit, int Remaining, TimeSpan Wait, TimeSpan Reset)
{
    public static readonly Verdict Unlimited = new(VerdictKind.Unlimited, null, 0, TimeSpan.Zero, TimeSpan.Zero);
}
