using CartoPlatform.PostGis.Queries;
using Npgsql;

namespace CartoPlatform.Worker.Jobs;

/// <summary>
/// The statements of a job on their session: all of them in one transaction, whose id is noted in the queue before the first one runs.
/// Whatever happens to this process from then on, PostgreSQL can tell whether that transaction was committed.
/// </summary>
internal sealed class JobExecution(ClaimedJob job, SqlScript script, JobQueue queue, NpgsqlConnection connection, QueryDescriber describer)
{
    /// <summary>Whether the statement runs outside of a transaction: then an end before its time may leave part of it done.</summary>
    public bool IsBare { get; private set; }

    public bool IsAlive => connection.State == System.Data.ConnectionState.Open;

    public async Task<JobOutcome> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await RunInTransactionAsync(cancellationToken);
        }
        catch (PostgresException exception) when (job.MayWrite && script.Statements.Count == 1 && IsAboutTransactions(exception.SqlState))
        {
            return await RunBareAsync(script.Statements[0], cancellationToken);
        }
    }

    // VACUUM and its like run in no transaction, and a procedure may end the one it runs in.
    private static bool IsAboutTransactions(string sqlState) =>
        sqlState is PostgresErrorCodes.ActiveSqlTransaction or PostgresErrorCodes.InvalidTransactionTermination;

    private async Task<JobOutcome> RunInTransactionAsync(CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (job.MayWrite && !await NoteAsync(await DataTransaction.CurrentAsync(connection, cancellationToken), cancellationToken)) return JobOutcome.Lost;

        long? rowsAffected = null;
        foreach (var statement in script.Statements)
        {
            var described = await describer.DescribeAsync(connection, statement, transaction, cancellationToken);
            if (await ExecuteAsync(described, cancellationToken) is { } rows) rowsAffected = (rowsAffected ?? 0) + rows;
        }

        // What only reads is rolled back with the session, and so is what PostgreSQL does not count as writing.
        if (!job.MayWrite) return JobOutcome.Success(null);
        cancellationToken.ThrowIfCancellationRequested();
        await transaction.CommitAsync(CancellationToken.None);
        return JobOutcome.Success(rowsAffected);
    }

    private async Task<JobOutcome> RunBareAsync(BoundQuery statement, CancellationToken cancellationToken)
    {
        if (!await NoteAsync(null, cancellationToken)) return JobOutcome.Lost;
        IsBare = true;
        var described = await describer.DescribeAsync(connection, statement, cancellationToken);
        return JobOutcome.Success(await ExecuteAsync(described, cancellationToken));
    }

    private ValueTask<bool> NoteAsync(string? transaction, CancellationToken cancellationToken) =>
        queue.NoteTransactionAsync(job, transaction, cancellationToken);

    /// <returns>How many rows it has changed, where it is of a kind that does.</returns>
    private async Task<long?> ExecuteAsync(DescribedQuery described, CancellationToken cancellationToken)
    {
        var command = new NpgsqlBatchCommand(described.Sql);
        described.AddParameters(command.Parameters);
        // A batch of one: it tells what kind of statement it was, and counts in 64 bits.
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { command } };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            // Rows go nowhere: a job that is to keep them writes them to a table.
        }

        await reader.NextResultAsync(cancellationToken);
        // CREATE TABLE … AS calls itself SELECT.
        var isChange = IsChange(command.StatementType) || (command.StatementType == StatementType.Select && described.Columns.Count == 0);
        return isChange ? (long)command.Rows : null;
    }

    private static bool IsChange(StatementType type) => type is StatementType.Insert or StatementType.Update or StatementType.Delete
        or StatementType.Merge or StatementType.CreateTableAs;
}
