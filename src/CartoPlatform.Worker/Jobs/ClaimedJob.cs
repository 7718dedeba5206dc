namespace CartoPlatform.Worker.Jobs;

/// <summary>A job that this worker has taken.</summary>
internal sealed record ClaimedJob
{
    public required Guid Id { get; init; }

    /// <summary>The claim: while it stands in the job's row, the job is this worker's.</summary>
    public required Guid Lease { get; init; }

    public required Guid TokenId { get; init; }

    public required string Connection { get; init; }

    public required string Query { get; init; }

    /// <summary>JSON text.</summary>
    public string? Parameters { get; init; }

    public required bool MayWrite { get; init; }

    /// <summary>This one included.</summary>
    public required int Attempts { get; init; }

    public required bool CancelRequested { get; init; }
}
