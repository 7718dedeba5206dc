using Npgsql;

namespace CartoPlatform.Worker.Jobs;

/// <summary>
/// A transaction of a data database by server and id, <c>system identifier/xid8</c>: PostgreSQL can tell what became of it when the
/// session that began it is gone (manual, section 9.27, "Transaction ID and Snapshot Information Functions").
/// </summary>
internal static class DataTransaction
{
    public const string Committed = "committed";
    public const string Aborted = "aborted";
    public const string InProgress = "in progress";

    /// <summary>Of the transaction that the connection is in, which gets an id now.</summary>
    public static async Task<string> CurrentAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT system_identifier::text || '/' || pg_current_xact_id()::text FROM pg_control_system()", connection);
        // The concatenation of two texts that are never null.
        return (string)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <returns>One of the words above; null where the server does not know, or is another one.</returns>
    public static async Task<string?> FindStatusAsync(NpgsqlConnection connection, string transaction, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "SELECT pg_xact_status(split_part($1, '/', 2)::xid8) FROM pg_control_system() WHERE system_identifier::text = split_part($1, '/', 1)", connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = transaction });
        try
        {
            return await command.ExecuteScalarAsync(cancellationToken) as string;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InvalidParameterValue)
        {
            // "Transaction ID is in the future": the server was put back to an earlier state.
            return null;
        }
    }

    /// <summary>Ends the session that the transaction is open in.</summary>
    public static async Task EndAsync(NpgsqlConnection connection, string transaction, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_xid = (split_part($1, '/', 2)::xid8)::xid", connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = transaction });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
