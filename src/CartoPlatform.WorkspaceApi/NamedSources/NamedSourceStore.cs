using CartoPlatform.Auth.Administration;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.PostGis.Metadata;
using CartoPlatform.WorkspaceApi.Paging;
using Dapper;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.NamedSources;

/// <summary>The named sources in the metadata database.</summary>
internal sealed class NamedSourceStore(MetadataDatabase database)
{
    public const string Columns =
        """id, name, source, revision, created_by AS "CreatedBy", created_at AS "CreatedAt", updated_at AS "UpdatedAt" """;

    public async ValueTask<NamedSourceRecord?> FindRecordAsync(string name, CancellationToken cancellationToken) =>
        (await FindAsync(name, cancellationToken))?.ToRecord();

    public ValueTask<StoredNamedSource?> FindAsync(string name, CancellationToken cancellationToken) => database.AskAsync(
        connection => FindAsync(connection, name, "", cancellationToken), cancellationToken);

    public ValueTask<Page<StoredNamedSource>> ListAsync(Actor actor, PageRequest page, CancellationToken cancellationToken) => database.AskAsync(
        connection => page.ReadAsync<StoredNamedSource>(
            connection,
            $"""
            SELECT {Columns} FROM platform.named_sources
            WHERE account_id = @AccountId AND (@search IS NULL OR strpos(lower(name || ' ' || source), lower(@search)) > 0)
            """,
            "name",
            new { actor.AccountId },
            cancellationToken),
        cancellationToken);

    public static Task<StoredNamedSource?> FindAsync(NpgsqlConnection connection, string name, string locking, CancellationToken cancellationToken) =>
        connection.QuerySingleOrDefaultAsync<StoredNamedSource>(new CommandDefinition(
            $"SELECT {Columns} FROM platform.named_sources WHERE name = @name {locking}", new { name }, cancellationToken: cancellationToken));
}
