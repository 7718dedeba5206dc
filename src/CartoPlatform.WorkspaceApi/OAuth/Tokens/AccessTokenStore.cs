using CartoPlatform.Contracts.Workspace;
using CartoPlatform.PostGis.Metadata;
using CartoPlatform.WorkspaceApi.OAuth.Clients;
using CartoPlatform.WorkspaceApi.SignIn;
using CartoPlatform.WorkspaceApi.Tokens;
using Dapper;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.OAuth.Tokens;

/// <summary>Access tokens that are out, and what each may do now: with its client's rights or its user's as they are at the moment.</summary>
internal sealed class AccessTokenStore(MetadataDatabase database)
{
    public static Task AddAsync(
        NpgsqlConnection connection, Guid id, Guid clientId, Guid? authorizationId, byte[] textHash, IReadOnlyList<string> scopes,
        DateTimeOffset created, DateTimeOffset expires, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            -- Some of those that have ended; others who do the same at this moment are not waited for.
            DELETE FROM platform.oauth_access_tokens WHERE id IN (
                SELECT id FROM platform.oauth_access_tokens WHERE expires_at < @created LIMIT 100 FOR UPDATE SKIP LOCKED);
            INSERT INTO platform.oauth_access_tokens (id, client_id, authorization_id, text_hash, scopes, created_at, expires_at)
            VALUES (@id, @clientId, @authorizationId, @textHash, @scopes, @created, @expires)
            """,
            new { id, clientId, authorizationId, textHash, scopes = scopes.ToArray(), created = created.UtcDateTime, expires = expires.UtcDateTime },
            cancellationToken: cancellationToken));

    /// <summary>Null for one that has ended, whose client is gone, or whose user is shut out.</summary>
    public async ValueTask<TokenRecord?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        var row = await database.AskAsync(
            connection => connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
                $"""
                SELECT t.id, t.scopes, t.text_hash AS "TextHash", t.expires_at AS "ExpiresAt",
                       c.id AS "ClientId", c.account_id AS "AccountId", c.name AS "ClientName", c.role AS "ClientRole", c.scopes AS "ClientScopes",
                       c.grants::text AS "Grants", c.allowed_apis AS "AllowedApis", c.login,
                       u.id AS "UserId", u.email AS "Email", u.role AS "UserRole"
                FROM platform.oauth_access_tokens t
                JOIN platform.oauth_clients c ON c.id = t.client_id
                LEFT JOIN platform.oauth_authorizations a ON a.id = t.authorization_id
                LEFT JOIN platform.sessions s ON s.id = a.session_id
                LEFT JOIN platform.users u ON u.id = s.user_id
                WHERE t.id = @id AND (t.authorization_id IS NULL OR u.is_active) AND {MakerSql.Counts("c")}
                """,
                new { id }, cancellationToken: cancellationToken)),
            cancellationToken);
        return row?.ToRecord();
    }

    private sealed record Row
    {
        public required Guid Id { get; init; }

        public required string[] Scopes { get; init; }

        public required byte[] TextHash { get; init; }

        public required DateTime ExpiresAt { get; init; }

        public required Guid ClientId { get; init; }

        public required Guid AccountId { get; init; }

        public required string ClientName { get; init; }

        public required string ClientRole { get; init; }

        public required string[] ClientScopes { get; init; }

        public string? Grants { get; init; }

        public required string[] AllowedApis { get; init; }

        public string? Login { get; init; }

        public Guid? UserId { get; init; }

        public string? Email { get; init; }

        public string? UserRole { get; init; }

        public TokenRecord ToRecord()
        {
            var role = Enum.Parse<AccountRole>(UserRole ?? ClientRole);
            var rights = UserRights.Of(UserId, role);
            // A user reads all or nothing, so what he and his application both may read is the application's part or nothing.
            var mayRead = UserId is null || rights.Grants.Count > 0;
            var grants = ClientStore.ReadGrants(Grants);
            return rights with
            {
                Id = Id,
                AccountId = AccountId,
                ClientId = ClientId,
                Name = Email ?? ClientName,
                Grants = mayRead ? grants ?? rights.Grants : [],
                AllowedApis = mayRead ? AllowedApis : [],
                // What the client has lost since, its tokens have lost too.
                Scopes = [.. Scopes.Intersect(ClientScopes, StringComparer.Ordinal)],
                Login = Login,
                IsNarrowed = GrantRules.IsNarrowed(grants, Login),
                TextHash = Convert.ToHexStringLower(TextHash),
                ExpiresAt = ExpiresAt,
            };
        }
    }
}
