using Npgsql;

namespace CartoPlatform.EmbeddedPostGis.Provisioning;

/// <summary>
/// Watches every table of a database, so that what is cached of them can tell whether they have changed
/// (<c>deploy/postgis/init/changes/install.sql</c> says how).
/// </summary>
public static class ChangeDetection
{
    private const string Install = "changes/install.sql";
    private const string Uninstall = "changes/uninstall.sql";
    private const int MaxAttempts = 5;

    // A schema of that name that is not ours may hold a user's data: then the database stays unwatched, which costs freshness only.
    private const string IsFreeSql =
        "SELECT NOT EXISTS (SELECT FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner WHERE n.nspname = 'carto' AND NOT r.rolsuper)";

    /// <summary>Takes a superuser on the database. Applying it again watches what was left out before.</summary>
    /// <returns>False where the schema <c>carto</c> belongs to somebody else.</returns>
    public static async Task<bool> EnsureAsync(NpgsqlDataSource admin, CancellationToken cancellationToken)
    {
        await using (var question = admin.CreateCommand(IsFreeSql))
        {
            if (await question.ExecuteScalarAsync(cancellationToken) is false) return false;
        }

        await RunAsync(admin, Install, cancellationToken);
        return true;
    }

    /// <summary>Takes everything away again; does nothing on a database that is not watched. Takes a superuser.</summary>
    public static Task RemoveAsync(NpgsqlDataSource admin, CancellationToken cancellationToken) => RunAsync(admin, Uninstall, cancellationToken);

    private static async Task RunAsync(NpgsqlDataSource admin, string script, CancellationToken cancellationToken)
    {
        var sql = await ReadAsync(script, cancellationToken);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await RunOnceAsync(admin, sql, cancellationToken);
                return;
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.DeadlockDetected && attempt < MaxAttempts)
            {
                // Writers and whoever polls take the same locks in another order; the script is one transaction, so nothing of it was done.
            }
        }
    }

    private static async Task RunOnceAsync(NpgsqlDataSource admin, string sql, CancellationToken cancellationToken)
    {
        await using var connection = await admin.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var command = new NpgsqlCommand(sql, connection, transaction)) await command.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task<string> ReadAsync(string script, CancellationToken cancellationToken)
    {
        await using var stream = typeof(ChangeDetection).Assembly.GetManifestResourceStream(script)
            ?? throw new InvalidOperationException($"The resource {script} is missing");
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(cancellationToken);
    }
}
