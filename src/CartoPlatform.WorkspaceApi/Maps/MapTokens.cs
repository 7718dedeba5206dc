using CartoPlatform.Auth.Administration;
using CartoPlatform.Auth.Tokens;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.PostGis.Metadata;
using CartoPlatform.WorkspaceApi.Audit;
using Dapper;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.Maps;

/// <summary>
/// A map's own token: it reads the datasets that the map shows at this moment and nothing else, so no grants are kept with it. It lives
/// until the map's privacy changes or somebody asks for another one.
/// </summary>
internal sealed class MapTokens(MetadataDatabase database, TokenIssuer issuer, TimeProvider time)
{
    private static readonly string[] Apis = ["maps", "sql"];

    /// <summary>The text of the map's token, which is made if there is none.</summary>
    public ValueTask<string> IssueAsync(StoredMap map, CancellationToken cancellationToken) => database.AskAsync(
        async connection =>
        {
            var row = await FindOfMapAsync(connection, map.Id, cancellationToken);
            if (row is null)
            {
                // Whole seconds, as a token states them. Of two callers one makes it.
                var createdAt = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds()).UtcDateTime;
                await connection.ExecuteAsync(new CommandDefinition(
                    """
                    INSERT INTO platform.map_tokens (id, map_id, created_at) SELECT @id, id, @createdAt FROM platform.maps WHERE id = @mapId
                    ON CONFLICT (map_id) WHERE revoked_at IS NULL AND superseded_at IS NULL DO NOTHING
                    """,
                    new { id = Guid.NewGuid(), mapId = map.Id, createdAt }, cancellationToken: cancellationToken));
                row = await FindOfMapAsync(connection, map.Id, cancellationToken);
            }

            // Without a row the map has just been deleted: a token of nothing.
            return row is null ? "" : issuer.Issue(RecordOf(row.Id, map.AccountId, map.Id, []), row.CreatedAt);
        },
        cancellationToken);

    /// <summary>Ends the token of the map, at somebody's wish.</summary>
    public ValueTask<int> RevokeAsync(StoredMap map, Actor actor, CancellationToken cancellationToken) => database.AskAsync(
        async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            var revoked = await RevokeAsync(connection, map.Id, cancellationToken);
            await AuditLog.WriteAsync(connection, actor, "map.renew_token", map.Id.ToString(), null, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return revoked;
        },
        cancellationToken);

    /// <summary>
    /// Hands out another token from now on. The old one goes on and reads the map's new datasets, but only when the services have forgotten
    /// what they remember of it.
    /// </summary>
    public static Task SupersedeAsync(NpgsqlConnection connection, Guid mapId, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            "UPDATE platform.map_tokens SET superseded_at = now() WHERE map_id = @mapId AND revoked_at IS NULL AND superseded_at IS NULL",
            new { mapId }, cancellationToken: cancellationToken));

    /// <summary>Ends the tokens of the map.</summary>
    public static Task<int> RevokeAsync(NpgsqlConnection connection, Guid mapId, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            "UPDATE platform.map_tokens SET revoked_at = now() WHERE map_id = @mapId AND revoked_at IS NULL",
            new { mapId }, cancellationToken: cancellationToken));

    /// <summary>What the token of this id may read now; null where there is none.</summary>
    public async ValueTask<TokenRecord?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        var row = await database.AskAsync(
            connection => connection.QuerySingleOrDefaultAsync<MapRow>(new CommandDefinition(
                """
                SELECT m.id, m.account_id AS "AccountId", coalesce(m.published, m.draft) AS "Shown"
                FROM platform.map_tokens t JOIN platform.maps m ON m.id = t.map_id
                WHERE t.id = @id AND t.revoked_at IS NULL
                """,
                new { id }, cancellationToken: cancellationToken)),
            cancellationToken);
        if (row is null) return null;
        var grants = MapContent.Parse(row.Shown).ReadDatasets().Select(DatasetGrants.Find).OfType<GrantRecord>();
        return RecordOf(id, row.AccountId, row.Id, [.. grants.Distinct()]);
    }

    private static Task<TokenRow?> FindOfMapAsync(NpgsqlConnection connection, Guid mapId, CancellationToken cancellationToken) =>
        connection.QuerySingleOrDefaultAsync<TokenRow?>(new CommandDefinition(
            """SELECT id, created_at AS "CreatedAt" FROM platform.map_tokens WHERE map_id = @mapId AND revoked_at IS NULL AND superseded_at IS NULL""",
            new { mapId }, cancellationToken: cancellationToken));

    private static TokenRecord RecordOf(Guid id, Guid accountId, Guid mapId, GrantRecord[] grants) =>
        new() { Id = id, AccountId = accountId, Name = $"map {mapId}", MapId = mapId, Grants = grants, AllowedApis = Apis };

    private sealed record TokenRow(Guid Id, DateTime CreatedAt);

    private sealed record MapRow(Guid Id, Guid AccountId, string Shown);
}
