using CartoPlatform.PostGis.Metadata;
using Dapper;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.Metadata;

/// <summary>
/// Brings the schema up to date. Replicas that start together take turns by an advisory lock, each step has its own transaction, and
/// steps of a newer version that has been here are left alone: its schema carries us too (Migrations/README.md).
/// </summary>
internal sealed partial class MigrationRunner(MetadataDatabase database, ILogger<MigrationRunner> logger)
{
    public Task RunAsync(CancellationToken cancellationToken) => RunAsync(Migration.All, cancellationToken);

    internal async Task RunAsync(IReadOnlyList<Migration> migrations, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        while (await ApplyNextAsync(connection, migrations, cancellationToken) is { } applied)
            LogApplied(applied.Name);
    }

    /// <summary>Applies the first step that is missing; null when there is none.</summary>
    private static async Task<Migration?> ApplyNextAsync(
        NpgsqlConnection connection, IReadOnlyList<Migration> migrations, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await PlatformLock.TakeAsync(connection, cancellationToken);
        var history = await ReadHistoryAsync(connection, cancellationToken);
        if (FindNext(migrations, history) is not { } next) return null;

        // A step may rewrite a large table: no time limit but the caller's.
        await connection.ExecuteAsync(new CommandDefinition(next.Sql, commandTimeout: 0, cancellationToken: cancellationToken));
        await connection.ExecuteAsync(new CommandDefinition(
            "INSERT INTO platform.migrations (version, name, checksum) VALUES (@Version, @Name, @Checksum)",
            next, cancellationToken: cancellationToken));
        await transaction.CommitAsync(cancellationToken);
        return next;
    }

    private static async Task<List<AppliedMigration>> ReadHistoryAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // Asked first: CREATE SCHEMA needs a right on the database, even when the schema is there.
        var exists = await connection.ExecuteScalarAsync<bool>(
            new CommandDefinition("SELECT to_regclass('platform.migrations') IS NOT NULL", cancellationToken: cancellationToken));
        if (!exists)
        {
            await connection.ExecuteAsync(new CommandDefinition("""
                CREATE SCHEMA IF NOT EXISTS platform;
                CREATE TABLE platform.migrations (
                    version int PRIMARY KEY,
                    name text NOT NULL,
                    checksum text NOT NULL,
                    applied_at timestamptz NOT NULL DEFAULT now()
                );
                """, cancellationToken: cancellationToken));
        }

        return (await connection.QueryAsync<AppliedMigration>(new CommandDefinition(
            "SELECT version, name, checksum FROM platform.migrations ORDER BY version", cancellationToken: cancellationToken))).AsList();
    }

    private static Migration? FindNext(IReadOnlyList<Migration> migrations, List<AppliedMigration> history)
    {
        var applied = history.ToDictionary(step => step.Version);
        Migration? next = null;
        foreach (var migration in migrations)
        {
            if (!applied.Remove(migration.Version, out var step)) next ??= migration;
            else if (next is not null) throw MigrationException.LeftOut(next.Name, step.Name);
            else if (step.Checksum != migration.Checksum) throw MigrationException.Edited(migration.Name, step.Checksum, migration.Checksum);
        }

        // What is left is not ours: it must be newer than all we know.
        var unknown = applied.Values.FirstOrDefault(step => migrations.Count > 0 && step.Version < migrations[^1].Version);
        if (unknown is not null) throw MigrationException.Unknown(unknown.Name);
        return next;
    }

    [LoggerMessage(5001, LogLevel.Information, "Applied migration {Migration}")]
    private partial void LogApplied(string migration);

    private sealed record AppliedMigration(int Version, string Name, string Checksum);
}
