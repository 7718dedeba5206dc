using System.Data;
using System.Globalization;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.PostGis.Queries;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.SqlApi.Results;
using CartoPlatform.SqlApi.Values;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CartoPlatform.SqlApi.Queries;

/// <summary>
/// Runs a caller's statement and streams its result. Every statement is tried as a read first: as a subquery, on the login that can do
/// no more, in a read-only transaction that is rolled back. What the database refuses there runs on the login that may write, for
/// callers who may. Nothing looks into the SQL text to tell one from the other.
/// </summary>
internal sealed class QueryRunner(IOptions<QueryLimits> options, QueryGate gate, QueryTelemetry telemetry, TimeProvider time)
{
    private static readonly ApiError NoQuery = ApiError.Forbidden(
        "Only statements that read (SELECT, VALUES, TABLE, WITH) can be run here; those that change something take POST and a token that may write");

    private static readonly ApiError Busy = new(StatusCodes.Status503ServiceUnavailable, "Too many queries are running on this connection; try again");

    private readonly QueryLimits _limits = options.Value;

    /// <returns>Null when the answer is on its way; a declaration is made of an answer that was held back whole.</returns>
    public async Task<ApiError?> RunAsync(
        DatabasePool pool, BoundQuery query, bool mayWrite, IResultWriter writer, ResponseOutput output, QueryDeclaration? declaration, CancellationToken cancellationToken)
    {
        using var measurement = telemetry.Measure(pool.Record.Name, output, cancellationToken);
        using var lease = await gate.EnterAsync(pool.Record.Id, cancellationToken);
        if (lease is null) return Busy;

        using var limit = new CancellationTokenSource(_limits.TimeLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            if (declaration is not null) await declaration.BeginAsync(pool, either.Token);
            var error = await ReadOrWriteAsync(pool, query, mayWrite, writer, output, either.Token);
            if (error is null && declaration is not null && !output.HasStarted) await declaration.EndAsync(either.Token);
            if (error is null) await output.CompleteAsync(writer.ContentType, either.Token);
            return error;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            var seconds = _limits.TimeLimit.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
            return new ApiError(StatusCodes.Status408RequestTimeout, $"The query ran longer than {seconds} seconds");
        }
        catch (PostgresException exception) when (output.HasStarted)
        {
            // Too late for the exception handlers: what comes back now makes the endpoint cut the answer.
            return ApiError.BadRequest(exception.MessageText);
        }
        catch (UnwritableValueException exception)
        {
            return ApiError.BadRequest(exception.Message);
        }
    }

    private async Task<ApiError?> ReadOrWriteAsync(
        DatabasePool pool, BoundQuery query, bool mayWrite, IResultWriter writer, ResponseOutput output, CancellationToken cancellationToken)
    {
        try
        {
            var (isRead, error) = await ReadAsync(pool, query, writer, output, cancellationToken);
            if (isRead) return error;
            if (!mayWrite) return NoQuery;
        }
        catch (PostgresException exception) when (mayWrite && !output.HasStarted && IsBeyondReader(exception.SqlState))
        {
            // A function that writes inside a SELECT, or a table that the reader may not see: the writer decides.
            output.Clear();
        }

        if (SessionStatement.Is(query.Sql))
            return ApiError.BadRequest("Statements about the session or its transaction cannot be run here: each request is a transaction of its own");
        return pool.Writer is null
            ? ApiError.Forbidden("This connection has no login that may write")
            : await WriteAsync(pool, pool.Writer, query, writer, output, cancellationToken);
    }

    private static bool IsBeyondReader(string sqlState) => sqlState is PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.InsufficientPrivilege;

    /// <returns>Not a read: the statement is right, but cannot stand as a subquery.</returns>
    private async Task<(bool IsRead, ApiError? Error)> ReadAsync(
        DatabasePool pool, BoundQuery query, IResultWriter writer, ResponseOutput output, CancellationToken cancellationToken)
    {
        var (open, described) = await pool.Describer.OpenAsync(pool.Reader, query, cancellationToken);
        await using var connection = open;
        var statement = ResultStatement.Read(described);

        // Never committed: what a statement does that PostgreSQL does not count as writing (NOTIFY, large objects before version 16) is undone.
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        try
        {
            return (true, await StreamAsync(connection, statement, writer, output, cancellationToken));
        }
        catch (PostgresException exception) when (!output.HasStarted && IsAboutSyntax(exception.SqlState))
        {
            output.Clear();
            await transaction.RollbackAsync(cancellationToken);
            if (await IsAcceptedAsync(connection, statement, cancellationToken)) throw;
            return (false, null);
        }
    }

    // Functions raise these too (to_tsquery, for one), about the text they were given.
    private static bool IsAboutSyntax(string sqlState) => sqlState is PostgresErrorCodes.SyntaxError or PostgresErrorCodes.FeatureNotSupported;

    private async Task<ApiError?> WriteAsync(
        DatabasePool pool, NpgsqlDataSource source, BoundQuery query, IResultWriter writer, ResponseOutput output, CancellationToken cancellationToken)
    {
        var (open, described) = await pool.Describer.OpenAsync(source, query, cancellationToken);
        await using var connection = open;
        var statement = ResultStatement.Write(described);
        if (described.Columns.Count == 0 || !await IsAcceptedAsync(connection, statement, cancellationToken)) statement = ResultStatement.AsItIs(described);
        try
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            var error = await StreamAsync(connection, statement, writer, output, cancellationToken);
            if (error is null) await transaction.CommitAsync(cancellationToken);
            return error;
        }
        catch (PostgresException exception) when (!output.HasStarted && IsAboutTransactions(exception.SqlState))
        {
            output.Clear();
            return await StreamAsync(connection, statement, writer, output, cancellationToken);
        }
        catch (NotSupportedException)
        {
            // Npgsql, when PostgreSQL asks for the data of COPY or begins to send it.
            return ApiError.BadRequest("COPY to or from the client cannot be run here");
        }
        finally
        {
            pool.Catalog.Forget();
        }
    }

    // VACUUM and its like run in no transaction, and a procedure may end the one it runs in.
    private static bool IsAboutTransactions(string sqlState) =>
        sqlState is PostgresErrorCodes.ActiveSqlTransaction or PostgresErrorCodes.InvalidTransactionTermination;

    private async Task<bool> IsAcceptedAsync(NpgsqlConnection connection, ResultStatement statement, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = statement.CreateCommand(connection, _limits.MaxRows);
            await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SchemaOnly, cancellationToken);
            return true;
        }
        catch (PostgresException)
        {
            return false;
        }
    }

    private async Task<ApiError?> StreamAsync(
        NpgsqlConnection connection, ResultStatement statement, IResultWriter writer, ResponseOutput output, CancellationToken cancellationToken)
    {
        await using var command = statement.CreateCommand(connection, _limits.MaxRows);
        var reader = await command.ExecuteReaderAsync(cancellationToken);
        var isComplete = false;
        try
        {
            var error = await StreamAsync(reader, statement, writer, output, cancellationToken);
            isComplete = error is null;
            return error;
        }
        finally
        {
            // Closing a reader reads the rest of the result: the statement has to end first.
            if (!isComplete) command.Cancel();
            await reader.DisposeAsync();
        }
    }

    private async Task<ApiError?> StreamAsync(
        NpgsqlDataReader reader, ResultStatement statement, IResultWriter writer, ResponseOutput output, CancellationToken cancellationToken)
    {
        using var row = new ResultRow(reader, _limits.MaxRowBytes);
        writer.Begin(statement.Columns, output.Buffer);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (output.Rows == _limits.MaxRows)
                return ApiError.BadRequest($"The result has more than {_limits.MaxRows} rows: narrow it, or page through it with LIMIT and OFFSET");
            writer.WriteRow(row, output.Buffer);
            output.Rows++;
            await output.FlushAsync(writer.ContentType, cancellationToken);
        }

        writer.End(output.Buffer);
        return null;
    }
}
