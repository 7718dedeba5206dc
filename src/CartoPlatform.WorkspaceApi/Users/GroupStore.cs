using System.Text;
using System.Text.Json;
using CartoPlatform.Auth.Administration;
using CartoPlatform.PostGis.Metadata;
using CartoPlatform.WorkspaceApi.Audit;
using CartoPlatform.WorkspaceApi.Metadata;
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

    /// <summary>Null when it is made; where there is one of this name, in whatever case, that one's name.</summary>
    public ValueTask<string?> AddAsync(Actor actor, Guid id, string name, CancellationToken cancellationToken) => database.ChangeAsync(
        async connection =>
        {
            await PlatformLock.TakeAsync(connection, cancellationToken);
            var names = await connection.QueryAsync<string>(new CommandDefinition(
                "SELECT name FROM platform.groups WHERE account_id = @AccountId", new { actor.AccountId }, cancellationToken: cancellationToken));
            if (names.FirstOrDefault(known => IsSameName(known, name)) is { } taken) return taken;
            await connection.ExecuteAsync(new CommandDefinition(
                "INSERT INTO platform.groups (id, account_id, name) VALUES (@id, @AccountId, @name)", new { id, actor.AccountId, name }, cancellationToken: cancellationToken));
            await AuditLog.WriteAsync(connection, actor, "group.create", id.ToString(), JsonSerializer.SerializeToElement(new { name }), cancellationToken);
            return null;
        },
        cancellationToken);

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

    // To people they look alike; the database's own case folding depends on its locale.
    private static bool IsSameName(string one, string other) => string.Equals(Fold(one), Fold(other), StringComparison.OrdinalIgnoreCase);

    // The one letter that the framework refuses to normalise.
    private static string Fold(string name) => name.Replace('\uFFFE', '\uFFFD').Normalize(NormalizationForm.FormKC).Trim();

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
