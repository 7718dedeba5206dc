namespace CartoPlatform.Contracts.Workspace;

/// <summary>How much one caller may ask; what is null is not limited here.</summary>
public sealed record CallerLimits
{
    /// <summary>On average.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>At once, after a time of rest; null is those of a whole minute.</summary>
    public int? Burst { get; init; }

    /// <summary>Requests at the databases at one time. What the cache answers is none.</summary>
    public int? ConcurrentQueries { get; init; }

    /// <summary>In a calendar month, UTC.</summary>
    public long? RequestsPerMonth { get; init; }

    /// <summary>Of answers, as they were sent, in a calendar month, UTC.</summary>
    public long? BytesPerMonth { get; init; }

    /// <summary>These, and where they say nothing, the others.</summary>
    public CallerLimits Over(CallerLimits others) => new()
    {
        RequestsPerMinute = RequestsPerMinute ?? others.RequestsPerMinute,
        // A burst belongs to its rate.
        Burst = RequestsPerMinute is null ? Burst ?? others.Burst : Burst,
        ConcurrentQueries = ConcurrentQueries ?? others.ConcurrentQueries,
        RequestsPerMonth = RequestsPerMonth ?? others.RequestsPerMonth,
        BytesPerMonth = BytesPerMonth ?? others.BytesPerMonth,
    };
}
