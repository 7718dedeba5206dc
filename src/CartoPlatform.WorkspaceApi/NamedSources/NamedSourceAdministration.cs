using System.Text.Json;
using CartoPlatform.Auth.Administration;
using CartoPlatform.PostGis.Metadata;
using CartoPlatform.WorkspaceApi.Audit;
using CartoPlatform.WorkspaceApi.Metadata;
using CartoPlatform.WorkspaceApi.Visibility;
using Dapper;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.NamedSources;

/// <summary>
/// Makes, changes and deletes named sources. Everybody who administers any sees them all; who made one, or an Admin, changes it. A
/// change is answered when it holds in every process.
/// </summary>
internal sealed class NamedSourceAdministration(MetadataDatabase database, ChangeVisibility visibility)
{
    /// <summary>Null when the name is taken.</summary>
    public async Task<StoredNamedSource?> AddAsync(Actor actor, string name, string source, CancellationToken cancellationToken)
    {
        var added = await database.ChangeAsync(
            async connection =>
            {
                var row = await connection.QuerySingleOrDefaultAsync<StoredNamedSource>(new CommandDefinition(
                    $"""
                    INSERT INTO platform.named_sources (id, account_id, name, source, created_by) VALUES (@id, @AccountId, @name, @source, @by)
                    ON CONFLICT (name) DO NOTHING
                    RETURNING {NamedSourceStore.Columns}
                    """,
                    new { id = Guid.NewGuid(), actor.AccountId, name, source, by = actor.Id }, cancellationToken: cancellationToken));
                if (row is not null) await AuditAsync(connection, actor, "named_source.create", name, source, cancellationToken);
                return row;
            },
            cancellationToken);
        if (added is not null) await visibility.SettleAsync(cancellationToken);
        return added;
    }

    /// <summary>The source as it is now; null where there is none.</summary>
    public async Task<(StoredNamedSource? Source, bool IsForbidden)> UpdateAsync(Actor actor, string name, string source, CancellationToken cancellationToken)
    {
        var outcome = await database.ChangeAsync<(StoredNamedSource? Source, bool IsForbidden)>(
            async connection =>
            {
                var current = await NamedSourceStore.FindAsync(connection, name, "FOR UPDATE", cancellationToken);
                if (current is null || !actor.Administers(current.CreatedBy)) return (null, current is not null);
                var row = await connection.QuerySingleAsync<StoredNamedSource>(new CommandDefinition(
                    $"""
                    UPDATE platform.named_sources SET source = @source, revision = revision + 1, updated_at = now() WHERE name = @name
                    RETURNING {NamedSourceStore.Columns}
                    """,
                    new { name, source }, cancellationToken: cancellationToken));
                await AuditAsync(connection, actor, "named_source.update", name, source, cancellationToken);
                return (row, false);
            },
            cancellationToken);
        if (outcome.Source is not null) await visibility.SettleAsync(cancellationToken);
        return outcome;
    }

    public async Task<(bool IsDeleted, bool IsForbidden)> DeleteAsync(Actor actor, string name, CancellationToken cancellationToken)
    {
        var outcome = await database.ChangeAsync<(bool IsDeleted, bool IsForbidden)>(
            async connection =>
            {
                var current = await NamedSourceStore.FindAsync(connection, name, "FOR UPDATE", cancellationToken);
                if (current is null || !actor.Administers(current.CreatedBy)) return (false, current is not null);
                await connection.ExecuteAsync(new CommandDefinition(
                    "DELETE FROM platform.named_sources WHERE name = @name", new { name }, cancellationToken: cancellationToken));
                await AuditAsync(connection, actor, "named_source.delete", name, current.Source, cancellationToken);
                return (true, false);
            },
            cancellationToken);
        if (outcome.IsDeleted) await visibility.SettleAsync(cancellationToken);
        return outcome;
    }

    private static Task AuditAsync(
        NpgsqlConnection connection, Actor actor, string action, string name, string source, CancellationToken cancellationToken) =>
        AuditLog.WriteAsync(connection, actor, action, name, JsonSerializer.SerializeToElement(new { source }), cancellationToken);
}
