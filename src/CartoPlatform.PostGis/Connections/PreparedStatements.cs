using System.Data;
using System.Data.Common;
using Npgsql;

namespace CartoPlatform.PostGis.Connections;

/// <summary>
/// Sessions that keep statements prepared. Npgsql takes one that fails while it is bound (a right is missing, a value is none, the caller
/// leaves) for a prepared statement without a result, and is out of step with the server as soon as it is right again
/// (github.com/npgsql/npgsql/issues/6391): after a failure all statements of the session are forgotten.
/// </summary>
public static class PreparedStatements
{
    /// <summary>Runs what is asked on the connection, which is fit for the next one afterwards.</summary>
    public static async Task<T> UseAsync<T>(NpgsqlConnection connection, Func<NpgsqlConnection, Task<T>> use)
    {
        try
        {
            return await use(connection);
        }
        catch (Exception exception) when (exception is DbException or OperationCanceledException)
        {
            Forget(connection);
            throw;
        }
    }

    private static void Forget(NpgsqlConnection connection)
    {
        if (connection.State != ConnectionState.Open) return;
        try
        {
            // There is no other way to say it: one round trip to a server that has just answered.
            connection.UnprepareAll();
        }
        catch (DbException)
        {
            // It is broken: its pool does not take it back.
        }
    }
}
