using System.Text.Json;
using CartoPlatform.Auth.Administration;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.PostGis.Metadata;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.WorkspaceApi.Audit;
using CartoPlatform.WorkspaceApi.Metadata;
using CartoPlatform.WorkspaceApi.Paging;
using CartoPlatform.WorkspaceApi.Tokens;
using Dapper;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.Users;

/// <summary>The users in the metadata database.</summary>
internal sealed class UserStore(MetadataDatabase database)
{
    /// <summary>After so many wrong passwords in a row no password is taken for a while, not even the right one.</summary>
    public const int MaxFailures = 5;

    private const int LockedForMinutes = 15;

    private const string Select = """
        SELECT u.id, u.account_id AS "AccountId", u.email, u.name, u.role, u.password_hash AS "PasswordHash", u.is_active AS "IsActive",
               u.locked_until AS "LockedUntil", u.created_at AS "CreatedAt", u.signed_in_at AS "SignedInAt", u.issuer,
               ARRAY(SELECT group_id FROM platform.group_members m WHERE m.user_id = u.id ORDER BY group_id) AS "Groups"
        FROM platform.users u
        """;

    public ValueTask<StoredUser?> FindAsync(Guid id, CancellationToken cancellationToken) => FindAsync("u.id = @id", new { id }, cancellationToken);

    public ValueTask<StoredUser?> FindByEmailAsync(string email, CancellationToken cancellationToken) =>
        FindAsync("u.email = @email", new { email = email.Trim().ToLowerInvariant() }, cancellationToken);

    public ValueTask<StoredUser?> FindBySubjectAsync(string issuer, string subject, CancellationToken cancellationToken) =>
        FindAsync("u.issuer = @issuer AND u.subject = @subject", new { issuer, subject }, cancellationToken);

    public async ValueTask<Page<StoredUser>> ListAsync(Guid accountId, PageRequest page, CancellationToken cancellationToken)
    {
        var found = await database.AskAsync(
            connection => page.ReadAsync<Row>(
                connection,
                $"{Select} WHERE u.account_id = @accountId AND (@search IS NULL OR strpos(u.email || ' ' || lower(coalesce(u.name, '')), lower(@search)) > 0)",
                "email",
                new { accountId },
                cancellationToken),
            cancellationToken);
        return new Page<StoredUser>([.. found.Items.Select(row => row.ToUser())], found.Total);
    }

    /// <summary>False when somebody else has the address, or one that people take for it.</summary>
    public ValueTask<bool> AddAsync(StoredUser user, string? subject, Actor actor, CancellationToken cancellationToken) => database.AskAsync(
        async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            // Two at once would not see each other.
            await PlatformLock.TakeAsync(connection, cancellationToken);
            var wanted = UserRules.FoldEmail(user.Email);
            var known = await connection.QueryAsync<string>(new CommandDefinition("SELECT email FROM platform.users", cancellationToken: cancellationToken));
            if (known.Any(email => UserRules.FoldEmail(email) == wanted)) return false;
            var added = await connection.ExecuteAsync(new CommandDefinition(
                """
                INSERT INTO platform.users (id, account_id, email, name, role, password_hash, is_active, issuer, subject)
                VALUES (@Id, @AccountId, @Email, @Name, @role, @PasswordHash, @IsActive, @Issuer, @subject)
                ON CONFLICT DO NOTHING
                """,
                new { user.Id, user.AccountId, user.Email, user.Name, role = user.Role.ToString(), user.PasswordHash, user.IsActive, user.Issuer, subject },
                cancellationToken: cancellationToken));
            if (added == 0) return false;
            await AuditLog.WriteAsync(connection, actor, "user.create", user.Id.ToString(), Details(user), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return true;
        },
        cancellationToken);

    /// <summary>
    /// Writes what may change, made of the user as he is then: somebody else may have been quicker. Whoever is shut out, or whose password
    /// is another one, is signed out everywhere; he, and whoever has lost a role, also loses the tokens of maps that are not public: he
    /// may have kept them. Neither where there is none.
    /// </summary>
    public ValueTask<(StoredUser? User, ApiError? Error)> UpdateAsync(
        Guid id, Func<StoredUser, (StoredUser? After, ApiError? Error)> change, Actor actor, CancellationToken cancellationToken) => database.AskAsync<(StoredUser?, ApiError?)>(
        async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            if (await FindForChangeAsync(connection, id, cancellationToken) is not { } before) return (null, null);
            var (after, refused) = change(before);
            if (after is null) return (null, refused);
            await connection.ExecuteAsync(new CommandDefinition(
                """
                UPDATE platform.users
                SET name = @Name, role = @role, password_hash = @PasswordHash, is_active = @IsActive, updated_at = now(),
                    failed_sign_ins = 0, locked_until = NULL
                WHERE id = @Id
                """,
                new { after.Id, after.Name, role = after.Role.ToString(), after.PasswordHash, after.IsActive }, cancellationToken: cancellationToken));
            if (!after.IsActive || before.PasswordHash != after.PasswordHash) await SignOutAsync(connection, after.Id, cancellationToken);
            if ((before.IsActive && !after.IsActive) || after.Role < before.Role) await EndMapTokensAsync(connection, after.AccountId, cancellationToken);
            await AuditLog.WriteAsync(connection, actor, "user.update", after.Id.ToString(), Details(after), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return (after, null);
        },
        cancellationToken);

    /// <summary>Whether there was one; or why he may not be deleted.</summary>
    public ValueTask<(bool IsDeleted, ApiError? Error)> DeleteAsync(Guid id, Func<StoredUser, ApiError?> refuse, Actor actor, CancellationToken cancellationToken) => database.AskAsync(
        async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            if (await FindForChangeAsync(connection, id, cancellationToken) is not { } user) return (false, null);
            if (refuse(user) is { } refused) return (false, refused);
            await connection.ExecuteAsync(new CommandDefinition(
                "DELETE FROM platform.users WHERE id = @Id", new { user.Id }, cancellationToken: cancellationToken));
            await EndMapTokensAsync(connection, user.AccountId, cancellationToken);
            foreach (var token in await TokenStore.RevokeOfMakerAsync(connection, user.Id, cancellationToken))
                await AuditLog.WriteAsync(connection, actor, "token.revoke", token.ToString(), JsonSerializer.SerializeToElement(new { madeBy = user.Email }), cancellationToken);
            await AuditLog.WriteAsync(connection, actor, "user.delete", user.Id.ToString(), Details(user), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return (true, (ApiError?)null);
        },
        cancellationToken);

    /// <summary>Of nobody (an id that is none) too: nobody waits for the disk, so that the two take the same time.</summary>
    public ValueTask<int> CountFailureAsync(Guid id, DateTimeOffset now, CancellationToken cancellationToken) => database.AskAsync(
        connection => connection.ExecuteAsync(new CommandDefinition(
            """
            SELECT set_config('synchronous_commit', 'off', true);
            UPDATE platform.users
            SET failed_sign_ins = CASE WHEN failed_sign_ins + 1 >= @MaxFailures THEN 0 ELSE failed_sign_ins + 1 END,
                locked_until = CASE WHEN failed_sign_ins + 1 >= @MaxFailures THEN @until ELSE locked_until END
            WHERE id = @id
            """,
            new { id, MaxFailures, until = now.UtcDateTime.AddMinutes(LockedForMinutes) }, cancellationToken: cancellationToken)),
        cancellationToken);

    /// <summary>False where he is locked, or shut out, by now.</summary>
    public ValueTask<bool> CountSuccessAsync(Guid id, DateTimeOffset now, CancellationToken cancellationToken) => database.AskAsync(
        async connection => await connection.ExecuteAsync(new CommandDefinition(
            """
            UPDATE platform.users SET failed_sign_ins = 0, locked_until = NULL, signed_in_at = @now
            WHERE id = @id AND is_active AND (locked_until IS NULL OR locked_until <= @now)
            """,
            new { id, now = now.UtcDateTime }, cancellationToken: cancellationToken)) == 1,
        cancellationToken);

    /// <summary>What the provider says at each sign-in: name, role, and the groups of ours that carry the names of its own.</summary>
    public ValueTask<int> TakeOverAsync(
        Guid id, string issuer, string subject, string? name, AccountRole role, IReadOnlyList<string> groups, CancellationToken cancellationToken) => database.AskAsync(
        async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            var parameters = new { id, issuer, subject, name, role = role.ToString(), groups = groups.ToArray() };
            var updated = await connection.ExecuteAsync(new CommandDefinition(
                "UPDATE platform.users SET issuer = @issuer, subject = @subject, name = coalesce(@name, name), role = @role, updated_at = now() WHERE id = @id",
                parameters, cancellationToken: cancellationToken));
            await connection.ExecuteAsync(new CommandDefinition(
                """
                DELETE FROM platform.group_members m USING platform.groups g
                WHERE m.group_id = g.id AND m.user_id = @id AND m.is_external AND NOT g.name = ANY (@groups);
                INSERT INTO platform.group_members (group_id, user_id, is_external)
                SELECT g.id, u.id, true FROM platform.users u JOIN platform.groups g ON g.account_id = u.account_id AND g.name = ANY (@groups)
                WHERE u.id = @id
                ON CONFLICT DO NOTHING
                """,
                parameters, cancellationToken: cancellationToken));
            await transaction.CommitAsync(cancellationToken);
            return updated;
        },
        cancellationToken);

    /// <summary>The platform's organisation: the first one (there is but one).</summary>
    public ValueTask<Guid> FindAccountAsync(CancellationToken cancellationToken) => database.AskAsync(
        connection => connection.QuerySingleAsync<Guid>(new CommandDefinition(
            "SELECT id FROM platform.accounts ORDER BY created_at, id LIMIT 1", cancellationToken: cancellationToken)),
        cancellationToken);

    private static Task<int> SignOutAsync(NpgsqlConnection connection, Guid userId, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            "DELETE FROM platform.sessions WHERE user_id = @userId", new { userId }, cancellationToken: cancellationToken));

    internal static Task<int> EndMapTokensAsync(NpgsqlConnection connection, Guid accountId, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            UPDATE platform.map_tokens t SET revoked_at = now() FROM platform.maps m
            WHERE m.id = t.map_id AND m.account_id = @accountId AND m.privacy NOT IN ('public', 'password') AND t.revoked_at IS NULL
            """,
            new { accountId }, cancellationToken: cancellationToken));

    private static async Task<StoredUser?> FindForChangeAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken) =>
        (await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            $"{Select} WHERE u.id = @id FOR UPDATE OF u", new { id }, cancellationToken: cancellationToken)))?.ToUser();

    private ValueTask<StoredUser?> FindAsync(string where, object parameters, CancellationToken cancellationToken) => database.AskAsync(
        async connection => (await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            $"{Select} WHERE {where}", parameters, cancellationToken: cancellationToken)))?.ToUser(),
        cancellationToken);

    private static JsonElement Details(StoredUser user) =>
        JsonSerializer.SerializeToElement(new { email = user.Email, role = user.Role.ToString(), active = user.IsActive });

    private sealed record Row
    {
        public required Guid Id { get; init; }

        public required Guid AccountId { get; init; }

        public required string Email { get; init; }

        public string? Name { get; init; }

        public required string Role { get; init; }

        public string? PasswordHash { get; init; }

        public required bool IsActive { get; init; }

        public DateTime? LockedUntil { get; init; }

        public required DateTime CreatedAt { get; init; }

        public DateTime? SignedInAt { get; init; }

        public string? Issuer { get; init; }

        public Guid[] Groups { get; init; } = [];

        public StoredUser ToUser() => new()
        {
            Id = Id,
            AccountId = AccountId,
            Email = Email,
            Name = Name,
            Role = Enum.Parse<AccountRole>(Role),
            PasswordHash = PasswordHash,
            IsActive = IsActive,
            LockedUntil = LockedUntil,
            CreatedAt = CreatedAt,
            SignedInAt = SignedInAt,
            Issuer = Issuer,
            Groups = Groups,
        };
    }
}
