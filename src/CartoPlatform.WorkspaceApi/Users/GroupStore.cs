using System.Text.Json;
using CartoPlatform.Auth.Administration;
using CartoPlatform.PostGis.Metadata;
using CartoPlatform.WorkspaceApi.Audit;
using Dapper;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.Users;

/// <summary>Groups of users, and who is in them.</summary>
internal sealed class GroupStore(MetadataDatabase database)
{
    private const string Select = """
        SELECT g.id, g.name, g.created_at AS "CreatedAt", ARRAY(SELECT user_id FROM platform.group_members m WHERE m.group_id = g.id ORDER BY user_id) AS "Members"
        FROM platform.groups g WHERE g.account_id = @AccountId
        """;

    public ValueTask<IEnumerable<StoredGroup>> ListAsync(Actor actor, CancellationToken cancellationToken) => database.AskAsync(
        connection => connection.QueryAsync<StoredGroup>(new CommandDefinition($"{Select} ORDER BY g.name", new { actor.AccountId }, cancellationToken: cancellationToken)),
        cancellationToken);

    public ValueTask<StoredGroup?> FindAsync(Actor actor, Guid id, CancellationToken cancellationToken) => database.AskAsync(
        connection => connection.QuerySingleOrDefaultAsync<StoredGroup?>(new CommandDefinition(
            $"{Select} AND g.id = @id", new { actor.AccountId, id }, cancellationToken: cancellationToken)),
        cancellationToken);

    /// <summary>False when there is one of this name.</summary>
    public ValueTask<bool> AddAsync(Actor actor, Guid id, string name, CancellationToken cancellationToken) => ChangeAsync(
        actor, "group.create", id, new { name },
        "INSERT INTO platform.groups (id, account_id, name) VALUES (@id, @AccountId, @name) ON CONFLICT DO NOTHING",
        new { id, actor.AccountId, name }, endsMapTokens: false, cancellationToken);

    public ValueTask<bool> DeleteAsync(Actor actor, Guid id, CancellationToken cancellationToken) => ChangeAsync(
        actor, "group.delete", id, null, "DELETE FROM platform.groups WHERE id = @id AND account_id = @AccountId",
        new { id, actor.AccountId }, endsMapTokens: true, cancellationToken);

    public ValueTask<bool> AddMemberAsync(Actor actor, Guid id, Guid userId, CancellationToken cancellationToken) => ChangeAsync(
        actor, "group.add_member", id, new { userId },
        """
        INSERT INTO platform.group_members (group_id, user_id)
        SELECT g.id, u.id FROM platform.groups g JOIN platform.users u ON u.account_id = g.account_id
        WHERE g.id = @id AND g.account_id = @AccountId AND u.id = @userId
        ON CONFLICT (group_id, user_id) DO UPDATE SET is_external = false
        """,
        new { id, actor.AccountId, userId }, endsMapTokens: false, cancellationToken);

    /// <summary>Who leaves a group loses sight of its maps, and of what he kept of them.</summary>
    public ValueTask<bool> RemoveMemberAsync(Actor actor, Guid id, Guid userId, CancellationToken cancellationToken) => ChangeAsync(
        actor, "group.remove_member", id, new { userId },
        "DELETE FROM platform.group_members m USING platform.groups g WHERE g.id = m.group_id AND g.id = @id AND g.account_id = @AccountId AND m.user_id = @userId",
        new { id, actor.AccountId, userId }, endsMapTokens: true, cancellationToken);

    private ValueTask<bool> ChangeAsync(
        Actor actor, string action, Guid id, object? details, string sql, object parameters, bool endsMapTokens, CancellationToken cancellationToken) => database.AskAsync(
        async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            if (endsMapTokens) await EndMapTokensAsync(connection, id, cancellationToken);
            if (await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken)) == 0) return false;
            await AuditLog.WriteAsync(connection, actor, action, id.ToString(), details is null ? null : JsonSerializer.SerializeToElement(details), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return true;
        },
        cancellationToken);

    private static Task<int> EndMapTokensAsync(NpgsqlConnection connection, Guid groupId, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            "UPDATE platform.map_tokens t SET revoked_at = now() FROM platform.map_groups g WHERE g.map_id = t.map_id AND g.group_id = @groupId AND t.revoked_at IS NULL",
            new { groupId }, cancellationToken: cancellationToken));
}

internal sealed record StoredGroup
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public required DateTime CreatedAt { get; init; }

    public required Guid[] Members { get; init; }
}
