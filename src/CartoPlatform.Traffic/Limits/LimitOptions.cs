using System.ComponentModel.DataAnnotations;
using CartoPlatform.Contracts.Workspace;

namespace CartoPlatform.Traffic.Limits;

/// <summary>What callers may ask, by their kind. Nothing is limited unless it is set; a token's own limits go before those of its kind.</summary>
public sealed class LimitOptions
{
    public const string Section = "Limits";

    internal const string Rule =
        "Limits: RequestsPerMinute and Burst go from 1 to 10,000,000, ConcurrentQueries from 1 to 100,000, RequestsPerMonth and BytesPerMonth from 1 on, and a Burst needs its RequestsPerMinute";

    /// <summary>API access tokens, each for itself.</summary>
    public LimitClass Tokens { get; set; } = new();

    /// <summary>Users, each for himself, however many sessions he has.</summary>
    public LimitClass Users { get; set; } = new();

    /// <summary>OAuth clients on their own account, each for itself.</summary>
    public LimitClass Clients { get; set; } = new();

    /// <summary>Tokens of maps: all who look at a map have the same one, unless <see cref="LimitClass.PerAddress"/> tells them apart.</summary>
    public LimitClass Maps { get; set; } = new();

    /// <summary>Who has no token, by network address.</summary>
    public LimitClass Anonymous { get; set; } = new();

    /// <summary>How long a query waits for others of the same caller to end before it is refused.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>So many queries of one caller wait; a page of a map may ask for a thousand tiles at once.</summary>
    [Range(0, 1_000_000)]
    public int MaxWaiting { get; set; } = 2_000;

    internal bool IsValid => ((LimitClass[])[Tokens, Users, Clients, Maps, Anonymous]).All(limits => limits.IsValid);
}

/// <summary>The limits of one kind of callers; what is null is not limited.</summary>
public sealed class LimitClass
{
    private const int MaxRate = 10_000_000;
    private const int MaxConcurrent = 100_000;

    public int? RequestsPerMinute { get; set; }

    public int? Burst { get; set; }

    public int? ConcurrentQueries { get; set; }

    public long? RequestsPerMonth { get; set; }

    public long? BytesPerMonth { get; set; }

    /// <summary>Callers with the same token from different addresses count apart.</summary>
    public bool PerAddress { get; set; }

    internal bool IsValid => AreValid(ToLimits());

    /// <summary>Whether these can be limits, of a kind or of one token.</summary>
    public static bool AreValid(CallerLimits limits) =>
        limits.RequestsPerMinute is null or (>= 1 and <= MaxRate) && limits.Burst is null or (>= 1 and <= MaxRate)
        && limits.ConcurrentQueries is null or (>= 1 and <= MaxConcurrent)
        && limits.RequestsPerMonth is null or >= 1 && limits.BytesPerMonth is null or >= 1
        && (limits.Burst is null || limits.RequestsPerMinute is not null);

    internal CallerLimits ToLimits() => new()
    {
        RequestsPerMinute = RequestsPerMinute,
        Burst = Burst,
        ConcurrentQueries = ConcurrentQueries,
        RequestsPerMonth = RequestsPerMonth,
        BytesPerMonth = BytesPerMonth,
    };
}
