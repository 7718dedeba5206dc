using CartoPlatform.Auth;
using CartoPlatform.PostGis.Metadata;
using Dapper;
using Npgsql;

namespace CartoPlatform.SqlApi.Jobs;

/// <summary>
/// The callers' side of the queue of jobs, <c>platform.jobs</c>; the Worker has the other. A caller sees the jobs of the token, a user
/// or OAuth client those of all his tokens, the owner those of the account.
/// </summary>
internal sealed class JobStore(MetadataDatabase database, TimeProvider time)
{
    private const string Columns = """
        id AS "JobId", connection_name AS "Connection", status, created_at AS "CreatedAt", started_at AS "StartedAt",
        finished_at AS "FinishedAt", rows_affected AS "RowsAffected", error,
        error_position AS "Position", error_line AS "Line", error_column AS "Column"
        """;

    private const string IsVisible = $"account_id = @AccountId AND (@IsOwner OR {IsOfHolder})";

    private const string IsOfHolder = "(token_id = @TokenId OR holder_id = @HolderId)";

    // A list of a hundred jobs with a megabyte of SQL each is of no use.
    private const int QueryLengthInList = 1_000;

    /// <summary>Puts a job into the queue; null when <paramref name="maxPending"/> of the token's jobs wait in it.</summary>
    public ValueTask<Job?> AddAsync(
        Principal principal, string connectionName, JobRequest request, bool mayWrite, int maxPending, CancellationToken cancellationToken) => database.AskAsync(
        async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            var holder = new { TokenId = principal.Token.Id, principal.Token.HolderId };
            // Those of one holder are counted one after the other: many at once cannot pass the limit together.
            await connection.ExecuteAsync(Command("SELECT pg_advisory_xact_lock(hashtextextended(@HolderId::text, 0))", holder, cancellationToken));
            var pending = await connection.ExecuteScalarAsync<long>(
                Command($"SELECT count(*) FROM platform.jobs WHERE {IsOfHolder} AND status = 'pending'", holder, cancellationToken));
            if (pending >= maxPending) return null;

            var job = await connection.QuerySingleAsync<Job>(Command(
                $"""
                INSERT INTO platform.jobs (id, account_id, token_id, holder_id, connection_name, query, parameters, may_write)
                VALUES (@id, @AccountId, @TokenId, nullif(@HolderId, @TokenId), @connectionName, @Query, @Parameters, @mayWrite)
                RETURNING {Columns}, query
                """,
                new { id = Guid.CreateVersion7(time.GetUtcNow()), principal.Token.AccountId, holder.TokenId, holder.HolderId, connectionName, request.Query, request.Parameters, mayWrite },
                cancellationToken));
            await transaction.CommitAsync(cancellationToken);
            return job;
        },
        cancellationToken);

    /// <summary>The job, or null where there is none for this caller.</summary>
    public ValueTask<Job?> FindAsync(Principal principal, string connectionName, Guid id, CancellationToken cancellationToken) => database.AskAsync(
        connection => FindAsync(connection, principal, connectionName, id, cancellationToken), cancellationToken);

    /// <summary>
    /// Ends a job that waits, asks its worker to end one that runs, and leaves one alone that has ended. The job as it is then, or null
    /// where there is none for this caller.
    /// </summary>
    public ValueTask<Job?> CancelAsync(Principal principal, string connectionName, Guid id, CancellationToken cancellationToken) => database.AskAsync(
        async connection =>
        {
            await connection.ExecuteAsync(Command(
                $"""
                UPDATE platform.jobs
                SET cancel_requested = true,
                    parameters = CASE WHEN status = 'running' THEN parameters END,
                    finished_at = CASE WHEN status = 'pending' THEN now() END,
                    status = CASE WHEN status = 'pending' THEN 'cancelled' ELSE status END
                WHERE id = @id AND connection_name = @connectionName AND {IsVisible} AND status IN ('pending', 'running')
                """,
                One(principal, connectionName, id), cancellationToken));
            return await FindAsync(connection, principal, connectionName, id, cancellationToken);
        },
        cancellationToken);

    /// <summary>The caller's jobs, newest first.</summary>
    public ValueTask<JobList> ListAsync(Principal principal, JobPage page, CancellationToken cancellationToken) => database.AskAsync(
        async connection =>
        {
            var token = principal.Token;
            var caller = new { token.AccountId, token.IsOwner, TokenId = token.Id, token.HolderId, page.Size, Offset = (page.Number - 1L) * page.Size, QueryLengthInList };
            var total = await connection.ExecuteScalarAsync<long>(
                Command($"SELECT count(*) FROM platform.jobs WHERE {IsVisible}", caller, cancellationToken));
            var jobs = await connection.QueryAsync<Job>(Command(
                $"""
                SELECT {Columns}, left(query, @QueryLengthInList) AS query
                FROM platform.jobs WHERE {IsVisible}
                ORDER BY created_at DESC, id DESC LIMIT @Size OFFSET @Offset
                """,
                caller, cancellationToken));
            return new JobList([.. jobs], page.Number, page.Size, total);
        },
        cancellationToken);

    private static Task<Job?> FindAsync(
        NpgsqlConnection connection, Principal principal, string connectionName, Guid id, CancellationToken cancellationToken) =>
        connection.QuerySingleOrDefaultAsync<Job>(Command(
            $"SELECT {Columns}, query FROM platform.jobs WHERE id = @id AND connection_name = @connectionName AND {IsVisible}",
            One(principal, connectionName, id), cancellationToken));

    private static object One(Principal principal, string connectionName, Guid id) =>
        new { id, connectionName, principal.Token.AccountId, principal.Token.IsOwner, TokenId = principal.Token.Id, principal.Token.HolderId };

    private static CommandDefinition Command(string sql, object parameters, CancellationToken cancellationToken) =>
        new(sql, parameters, cancellationToken: cancellationToken);
}
