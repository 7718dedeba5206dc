using CartoPlatform.Contracts.Jobs;
using CartoPlatform.PostGis.Queries;

namespace CartoPlatform.Worker.Jobs;

/// <summary>What is to be written down about a job when its worker lets go of it.</summary>
internal sealed record JobOutcome(string Status)
{
    /// <summary>A sentence for its owner.</summary>
    public string? Error { get; init; }

    /// <summary>Where in the job's text; null where that is not known.</summary>
    public SqlPosition? Place { get; init; }

    public long? RowsAffected { get; init; }

    /// <summary>From now to the next attempt, or to the next look at what became of it.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Whether this attempt counts.</summary>
    public bool Counts { get; init; } = true;

    public static JobOutcome Cancelled { get; } = new(JobStatus.Cancelled);

    /// <summary>The worker stops: the next one begins again.</summary>
    public static JobOutcome PutBack { get; } = new(JobStatus.Pending) { Counts = false };

    /// <summary>The session is lost: what became of the job is found out by <see cref="LostJobs"/>.</summary>
    public static JobOutcome Lost { get; } = new(JobStatus.Running);

    public static JobOutcome Success(long? rowsAffected) => new(JobStatus.Success) { RowsAffected = rowsAffected };

    public static JobOutcome Failure(string error) => new(JobStatus.Failure) { Error = error };

    /// <summary>Nothing has happened: again after a while, twice as long each time, unless that was the last attempt.</summary>
    public static JobOutcome Again(int attempts, int maxAttempts, string error) => attempts >= maxAttempts
        ? Failure(error)
        : new(JobStatus.Pending) { Delay = TimeSpan.FromSeconds(5 << Math.Min(attempts, 6)) };
}
