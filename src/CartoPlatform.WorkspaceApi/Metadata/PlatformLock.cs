using Dapper;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.Metadata;

/// <summary>One replica at a time changes the platform's schema and makes its first records.</summary>
internal static class PlatformLock
{
    // "CARTOMIG" in ASCII.
    private const long Key = 0x434152544F4D4947;

    /// <summary>Held until the transaction ends, so a pooler in transaction mode does no harm. Waits as long as the caller does.</summary>
    public static Task TakeAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            "SELECT pg_advisory_xact_lock(@Key)", new { Key }, commandTimeout: 0, cancellationToken: cancellationToken));
}
