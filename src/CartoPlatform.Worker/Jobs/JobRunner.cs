using System.Globalization;
using CartoPlatform.Auth;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.PostGis.Dialling;
using CartoPlatform.PostGis.Errors;
using CartoPlatform.PostGis.Queries;
using CartoPlatform.PostGis.Types;
using CartoPlatform.Tilesets;
using CartoPlatform.Worker.Tilesets;
using CartoPlatform.WorkspaceClient;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CartoPlatform.Worker.Jobs;

/// <summary>From a job to what became of it. Whether its token may run it is asked once more: it may have been revoked in the meantime.</summary>
internal sealed class JobRunner(IWorkspaceDirectory workspace, ServerFinder servers, JobQueue queue, IOptions<JobOptions> options, TimeProvider time)
{
    private const int MaxErrorLength = 2_000;

    private readonly JobOptions _options = options.Value;

    /// <param name="job">The job.</param>
    /// <param name="cancelled">Its owner wants it to end.</param>
    /// <param name="stopped">This worker is to end.</param>
    public async Task<JobOutcome> RunAsync(ClaimedJob job, CancellationToken cancelled, CancellationToken stopped)
    {
        if (job.CancelRequested) return JobOutcome.Cancelled;
        using var limit = new CancellationTokenSource(_options.TimeLimit ?? Timeout.InfiniteTimeSpan, time);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(cancelled, stopped, limit.Token);
        try
        {
            var (connection, script, refusal) = await CheckAsync(job, any.Token);
            if (connection is null || script is null) return JobOutcome.Failure(refusal);
            return TilesetCall.TryParse(job.Query, out var call)
                ? await RunTilesetAsync(job, connection, call, Interrupted, any.Token)
                : await RunAsync(job, connection, script, Interrupted, any.Token);
        }
        catch (OperationCanceledException) when (any.IsCancellationRequested)
        {
            return Interrupted(isBare: false);
        }
        catch (WorkspaceUnavailableException)
        {
            return Again(job, "The platform's own database could not be reached");
        }

        JobOutcome Interrupted(bool isBare) => 0 switch
        {
            _ when cancelled.IsCancellationRequested => JobOutcome.Cancelled,
            _ when !stopped.IsCancellationRequested => JobOutcome.Failure(
                $"The job ran longer than {_options.TimeLimit?.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)} seconds"),
            _ when isBare => JobOutcome.Failure(LostJobs.Unknown),
            _ => JobOutcome.PutBack,
        };
    }

    private async Task<(ConnectionRecord? Connection, SqlScript? Script, string Refusal)> CheckAsync(ClaimedJob job, CancellationToken cancellationToken)
    {
        var token = await workspace.FindTokenAsync(job.TokenId, cancellationToken);
        if (token is null || token.ExpiresAt <= time.GetUtcNow()) return (null, null, "The token that the job was made with is no longer valid");
        var principal = new Principal(token);
        var decision = AccessPolicy.Decide(principal, Api.Sql, job.Connection, new RequestedSource.Query(job.Query));
        if (decision != AccessDecision.Allowed || (job.MayWrite && !principal.CanWrite)) return (null, null, "The token that the job was made with may no longer run it");

        var found = await workspace.FindConnectionAsync(job.Connection, cancellationToken);
        if (found is null || ConnectionLogins.For(found, token.Login) is not { } connection) return (null, null, $"There is no connection {job.Connection}");
        if (!AccessPolicy.Takes(connection, new RequestedSource.Query(job.Query))) return (null, null, "This connection takes named sources, and no SQL");
        if (job.MayWrite && connection.WriterConnectionString is null) return (null, null, "This connection has no login that may write");
        return QueryParameters.TryParse(job.Parameters, out var parameters, out var error) && SqlScript.TryParse(job.Query, parameters, out var script, out error)
            ? (connection, script, "")
            : (null, null, error);
    }

    private async Task<JobOutcome> RunAsync(
        ClaimedJob job, ConnectionRecord record, SqlScript script, Func<bool, JobOutcome> interrupted, CancellationToken cancellationToken)
    {
        NpgsqlDataSource? source = null;
        NpgsqlConnection connection;
        try
        {
            source = await JobDatabase.OpenAsync(record, job.MayWrite, servers, cancellationToken);
            connection = await source.OpenConnectionAsync(cancellationToken);
        }
        catch (NpgsqlException exception)
        {
            if (source is not null) await source.DisposeAsync();
            return Again(job, Explain(exception));
        }

        await using (source)
        await using (connection)
            return await RunAsync(new JobExecution(job, script, queue, connection, new QueryDescriber(source, new TypeCatalog())), interrupted, cancellationToken);
    }

    // Not on the job's one session: the tiler reads and writes at once. What it commits on the way is only seen by itself.
    private async Task<JobOutcome> RunTilesetAsync(
        ClaimedJob job, ConnectionRecord record, TilesetCall call, Func<bool, JobOutcome> interrupted, CancellationToken cancellationToken)
    {
        if (!job.MayWrite) return JobOutcome.Failure("A tileset is a new table: the token that the job was made with may only read");
        try
        {
            await using var source = await JobDatabase.OpenAsync(record, mayWrite: true, servers, cancellationToken);
            var run = new TilesetRun(source, call.ReadPlan(), time)
            {
                Publishing = async (connection, token) => await queue.NoteTransactionAsync(job, await DataTransaction.CurrentAsync(connection, token), token),
            };
            return await run.RunAsync(cancellationToken) is { } tiles ? JobOutcome.Success(tiles) : JobOutcome.Lost;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return interrupted(false);
        }
        catch (TilesetException exception)
        {
            return JobOutcome.Failure(exception.Message);
        }
        catch (PostgresException exception)
        {
            return JobOutcome.Failure(Explain(exception));
        }
        catch (NpgsqlException)
        {
            // It goes on where it was, or finds out that the tileset is there.
            return JobOutcome.Lost;
        }
    }

    private static async Task<JobOutcome> RunAsync(JobExecution execution, Func<bool, JobOutcome> interrupted, CancellationToken cancellationToken)
    {
        try
        {
            return await execution.RunAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // A statement that does not heed its cancellation is left to be ended from another session.
            return execution.IsAlive ? interrupted(execution.IsBare) : JobOutcome.Lost;
        }
        catch (PostgresException exception) when (execution.IsAlive)
        {
            return JobOutcome.Failure(Explain(exception)) with { Place = SqlPosition.Of(exception) };
        }
        catch (NpgsqlException)
        {
            return JobOutcome.Lost;
        }
        catch (NotSupportedException)
        {
            // Npgsql, when PostgreSQL asks for the data of COPY or begins to send it.
            return JobOutcome.Failure("COPY to or from the client cannot be run as a job");
        }
    }

    private JobOutcome Again(ClaimedJob job, string error) => JobOutcome.Again(job.Attempts, _options.MaxAttempts, error);

    /// <summary>What the database said; where that is about the server and not about the statement, no more than that it failed.</summary>
    private static string Explain(NpgsqlException exception)
    {
        var error = PostgresExceptionHandler.Map(exception);
        var text = exception is PostgresException postgres && error is { Status: < 500 } ? postgres.MessageText : error?.Error ?? "The database failed";
        if (text.Length <= MaxErrorLength) return text;
        return text[..(char.IsHighSurrogate(text[MaxErrorLength - 1]) ? MaxErrorLength - 1 : MaxErrorLength)];
    }
}
