using CartoPlatform.Auth;
using CartoPlatform.PostGis.Connections;
using CartoPlatform.PostGis.Queries;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.SqlApi.Caching;
using CartoPlatform.SqlApi.Results;
using Npgsql;

namespace CartoPlatform.SqlApi.Queries;

/// <summary>
/// Runs a caller's statement and streams its result. Every statement is tried as a read first: as a subquery, on the login that can do
/// no more, in a read-only transaction that is rolled back. What the database refuses there runs on the login that may write, for
/// callers who may. Nothing looks into the SQL text to tell one from the other.
/// </summary>
internal sealed class QueryRunner(LimitedRun limitedRun, ResultStreamer streamer)
{
    private static readonly ApiError NoQuery = ApiError.Forbidden(
        "Only statements that read (SELECT, VALUES, TABLE, WITH) can be run here; those that change something take POST and a token that may write");

    /// <returns>Null when the answer is on its way.</returns>
    public Task<ApiError?> RunAsync(
        Principal principal, DatabasePool pool, QueryRequest request, bool mayWrite, ResponseOutput output, AnswerDeclaration? declaration,
        CancellationToken cancellationToken) =>
        limitedRun.RunAsync(
            principal, pool, output, request.Writer,
            async limited =>
            {
                if (declaration is not null) await declaration.BeginAsync(pool, request.Asked, request.Values, limited);
                var error = await ReadOrWriteAsync(pool, request.Query, mayWrite, request.Writer, output, limited);
                if (error is null && declaration is not null) await declaration.EndAsync(output, limited);
                return error;
            },
            cancellationToken);

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
        var (open, described) = await pool.Describer.OpenReaderAsync(pool, query, cancellationToken);
        await using var connection = open;
        var statement = ResultStatement.Read(described);

        // Never committed: what a statement does that PostgreSQL does not count as writing (NOTIFY, large objects before version 16) is undone.
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        try
        {
            return (true, await streamer.StreamAsync(connection, statement, writer, output, cancellationToken));
        }
        catch (PostgresException exception) when (!output.HasStarted && IsAboutSyntax(exception.SqlState))
        {
            output.Clear();
            await transaction.RollbackAsync(cancellationToken);
            if (await statement.IsAcceptedAsync(connection, cancellationToken)) throw;
            return (false, null);
        }
    }

    // Functions raise these too (to_tsquery, for one), about the text they were given.
    private static bool IsAboutSyntax(string sqlState) => sqlState is PostgresErrorCodes.SyntaxError or PostgresErrorCodes.FeatureNotSupported;

    private async Task<ApiError?> WriteAsync(
        DatabasePool pool, NpgsqlDataSource source, BoundQuery query, IResultWriter writer, ResponseOutput output, CancellationToken cancellationToken)
    {
        output.TellChange(pool.Record.Name);
        var (open, described) = await pool.Describer.OpenAsync(source, query, cancellationToken);
        await using var connection = open;
        var statement = ResultStatement.Write(described);
        if (described.Columns.Count == 0 || !await statement.IsAcceptedAsync(connection, cancellationToken)) statement = ResultStatement.AsItIs(described);
        try
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            var error = await streamer.StreamAsync(connection, statement, writer, output, cancellationToken);
            if (error is null) await transaction.CommitAsync(cancellationToken);
            return error;
        }
        catch (PostgresException exception) when (!output.HasStarted && IsAboutTransactions(exception.SqlState))
        {
            output.Clear();
            return await streamer.StreamAsync(connection, statement, writer, output, cancellationToken);
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
}
