using CartoPlatform.PostGis.Connections;
using CartoPlatform.PostGis.Queries;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.SqlApi.Results;

namespace CartoPlatform.SqlApi.Jobs;

/// <summary>
/// Whether a job is one for a caller who may only read. The database is asked, as for a query: can the statement stand as a subquery on
/// the login that reads. Nothing runs.
/// </summary>
internal static class JobReadCheck
{
    private static readonly ApiError NoRead = ApiError.Forbidden(
        "Only one statement that reads can be run here: jobs that change something take a token that may write, and a connection with a login that may");

    /// <returns>Null when it reads.</returns>
    public static async Task<ApiError?> RefuseAsync(DatabasePool pool, SqlScript script, CancellationToken cancellationToken)
    {
        if (script.Statements is not [var query]) return NoRead;

        var (connection, described) = await pool.Describer.OpenAsync(pool.Reader, query, cancellationToken);
        await using (connection)
            return await ResultStatement.Read(described).IsAcceptedAsync(connection, cancellationToken) ? null : NoRead;
    }
}
