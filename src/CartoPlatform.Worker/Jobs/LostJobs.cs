using CartoPlatform.Contracts.Jobs;
using CartoPlatform.PostGis.Dialling;
using CartoPlatform.PostGis.Metadata;
using CartoPlatform.WorkspaceClient;
using Dapper;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CartoPlatform.Worker.Jobs;

/// <summary>
/// Jobs whose worker is gone, or whose session broke. What became of one is asked of the data database: a committed transaction is a
/// success, whoever was there to see it; one that was rolled back, or in which nothing can have run, begins again; one that is still
/// open is ended first. What cannot be known is a failure, and never runs again.
/// </summary>
internal sealed class LostJobs(MetadataDatabase database, IWorkspaceDirectory workspace, ServerFinder servers, IOptions<JobOptions> options)
{
    public const string Unknown = "The job was interrupted where its outcome cannot be known: some or all of it may have taken effect";

    private static readonly TimeSpan UntilEnded = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan UntilReachable = TimeSpan.FromSeconds(10);

    /// <summary>Settles one of them; false where there is none. Its row is locked meanwhile: a worker that was only slow waits, and finds its claim gone.</summary>
    public ValueTask<bool> SettleNextAsync(CancellationToken cancellationToken) => database.AskAsync(
        async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            var job = await connection.QuerySingleOrDefaultAsync<LostJob>(new CommandDefinition(
                """
                SELECT id, lease, connection_name AS "Connection", attempts, cancel_requested AS "CancelRequested",
                    data_transaction AS "DataTransaction", is_atomic AS "IsAtomic"
                FROM platform.jobs WHERE status = 'running' AND lease_until < now()
                ORDER BY lease_until LIMIT 1 FOR UPDATE SKIP LOCKED
                """,
                cancellationToken: cancellationToken));
            if (job is null) return false;

            var outcome = await JudgeAsync(job, cancellationToken);
            await connection.ExecuteAsync(JobSettlement.Command(job.Id, job.Lease, outcome, cancellationToken));
            await transaction.CommitAsync(cancellationToken);
            return true;
        },
        cancellationToken);

    private async Task<JobOutcome> JudgeAsync(LostJob job, CancellationToken cancellationToken)
    {
        if (!job.IsAtomic) return JobOutcome.Failure(Unknown);
        if (job.DataTransaction is null) return BeginAgain(job);
        var record = await workspace.FindConnectionAsync(job.Connection, cancellationToken);
        if (record?.WriterConnectionString is null) return JobOutcome.Failure(Unknown);
        try
        {
            await using var source = await JobDatabase.OpenAsync(record, mayWrite: true, servers, cancellationToken);
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            return await JudgeAsync(job, job.DataTransaction, connection, cancellationToken);
        }
        catch (NpgsqlException)
        {
            return JobOutcome.Lost with { Delay = UntilReachable };
        }
    }

    private async Task<JobOutcome> JudgeAsync(LostJob job, string transaction, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        switch (await DataTransaction.FindStatusAsync(connection, transaction, cancellationToken))
        {
            case DataTransaction.Committed:
                return JobOutcome.Success(null);
            case DataTransaction.Aborted:
                return BeginAgain(job);
            case DataTransaction.InProgress:
                await DataTransaction.EndAsync(connection, transaction, cancellationToken);
                return JobOutcome.Lost with { Delay = UntilEnded };
            default:
                return JobOutcome.Failure(Unknown);
        }
    }

    private JobOutcome BeginAgain(LostJob job)
    {
        if (job.CancelRequested) return JobOutcome.Cancelled;
        return job.Attempts >= options.Value.MaxAttempts
            ? JobOutcome.Failure($"The job was begun {job.Attempts} times, and lost its worker or its database each time")
            : new JobOutcome(JobStatus.Pending);
    }

    private sealed record LostJob
    {
        public required Guid Id { get; init; }

        public Guid? Lease { get; init; }

        public required string Connection { get; init; }

        public required int Attempts { get; init; }

        public required bool CancelRequested { get; init; }

        public string? DataTransaction { get; init; }

        public required bool IsAtomic { get; init; }
    }
}
