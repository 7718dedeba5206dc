using CartoPlatform.PostGis.Metadata;
using Dapper;
using Microsoft.Extensions.Options;

namespace CartoPlatform.Worker.Jobs;

/// <summary>
/// The workers' side of the queue, <c>platform.jobs</c>. All times are the metadata database's: clocks of workers play no part. What a
/// worker writes about a job carries its claim, and changes nothing when somebody else has taken the job over.
/// </summary>
internal sealed class JobQueue(MetadataDatabase database, IOptions<JobOptions> options)
{
    /// <summary>Takes the job that has waited longest, or null.</summary>
    public ValueTask<ClaimedJob?> ClaimAsync(CancellationToken cancellationToken) => database.AskAsync(
        connection => connection.QuerySingleOrDefaultAsync<ClaimedJob>(new CommandDefinition(
            """
            UPDATE platform.jobs
            SET status = 'running', started_at = now(), attempts = attempts + 1, lease = gen_random_uuid(), lease_until = now() + @lease,
                data_transaction = NULL, is_atomic = true
            WHERE id = (
                SELECT id FROM platform.jobs WHERE status = 'pending' AND not_before <= now()
                ORDER BY created_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING id, lease, token_id AS "TokenId", connection_name AS "Connection", query, parameters, may_write AS "MayWrite",
                attempts, cancel_requested AS "CancelRequested"
            """,
            new { lease = options.Value.Lease }, cancellationToken: cancellationToken)),
        cancellationToken);

    /// <summary>Makes these claims last longer; those of them that still stand, and whether the job is to be cancelled.</summary>
    public ValueTask<Dictionary<Guid, bool>> RenewAsync(Guid[] leases, CancellationToken cancellationToken) => database.AskAsync(
        async connection => (await connection.QueryAsync<(Guid Lease, bool CancelRequested)>(new CommandDefinition(
            """
            UPDATE platform.jobs SET lease_until = now() + @lease WHERE lease = ANY (@leases) AND status = 'running'
            RETURNING lease, cancel_requested
            """,
            new { leases, lease = options.Value.Lease }, cancellationToken: cancellationToken))).ToDictionary(row => row.Lease, row => row.CancelRequested),
        cancellationToken);

    /// <summary>
    /// Notes the transaction in the data database before anything runs in it; null where a statement will run in none.
    /// </summary>
    /// <returns>False when the job is no longer this worker's.</returns>
    public ValueTask<bool> NoteTransactionAsync(ClaimedJob job, string? transaction, CancellationToken cancellationToken) => database.AskAsync(
        async connection => await connection.ExecuteAsync(new CommandDefinition(
            """
            UPDATE platform.jobs SET data_transaction = @transaction, is_atomic = @transaction IS NOT NULL
            WHERE id = @Id AND lease = @Lease AND status = 'running'
            """,
            new { job.Id, job.Lease, transaction }, cancellationToken: cancellationToken)) == 1,
        cancellationToken);

    /// <summary>Lets go of a job.</summary>
    public async ValueTask SettleAsync(ClaimedJob job, JobOutcome outcome, CancellationToken cancellationToken) => await database.AskAsync(
        connection => connection.ExecuteAsync(JobSettlement.Command(job.Id, job.Lease, outcome, cancellationToken)), cancellationToken);

    /// <summary>Deletes jobs that have been kept long enough.</summary>
    public ValueTask<int> DeleteOldAsync(CancellationToken cancellationToken) => database.AskAsync(
        connection => connection.ExecuteAsync(new CommandDefinition(
            "DELETE FROM platform.jobs WHERE finished_at < now() - @retention",
            new { retention = options.Value.Retention }, cancellationToken: cancellationToken)),
        cancellationToken);
}
