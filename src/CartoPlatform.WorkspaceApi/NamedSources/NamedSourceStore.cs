using CartoPlatform.Auth;
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

    /// <summary>Those that he reads, searched by name and SQL.</summary>
    public ValueTask<Page<StoredNamedSource>> ListAsync(Principal principal, PageRequest page, CancellationToken cancellationToken) => database.AskAsync(
        async connection =>
        {
            var account = new { principal.Token.AccountId };
            var all = await connection.QueryAsync<string>(new CommandDefinition(
                "SELECT name FROM platform.named_sources WHERE account_id = @AccountId", account, cancellationToken: cancellationToken));
            return await page.ReadAsync<StoredNamedSource>(
                connection,
                $"""
                SELECT {Columns} FROM platform.named_sources
                WHERE account_id = @AccountId AND name = ANY (@names) AND (@search IS NULL OR strpos(lower(name || ' ' || source), lower(@search)) > 0)
                """,
                "name",
                new { account.AccountId, names = all.Where(name => AccessPolicy.ReadsNamedSource(principal, name)).ToArray() },
                cancellationToken);
        },
        cancellationToken);

    public static Task<StoredNamedSource?> FindAsync(NpgsqlConnection connection, string name, string locking, CancellationToken cancellationToken) =>
        connection.QuerySingleOrDefaultAsync<StoredNamedSource>(new CommandDefinition(
            $"SELECT {Columns} FROM platform.named_sources WHERE name = @name {locking}", new { name }, cancellationToken: cancellationToken));
}
