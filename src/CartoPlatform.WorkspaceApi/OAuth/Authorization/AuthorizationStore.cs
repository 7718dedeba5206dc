using CartoPlatform.WorkspaceApi.OAuth.Clients;
using Dapper;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.OAuth.Authorization;

/// <summary>What users let applications do, and the refresh tokens of it. It ends with the user's session: the schema sees to that.</summary>
internal static class AuthorizationStore
{
    public static Task AddAsync(NpgsqlConnection connection, StoredCode code, DateTimeOffset now, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            "INSERT INTO platform.oauth_authorizations (id, client_id, session_id, scopes, created_at) VALUES (@AuthorizationId, @ClientId, @SessionId, @Scopes, @now)",
            new { code.AuthorizationId, code.ClientId, code.SessionId, code.Scopes, now = now.UtcDateTime }, cancellationToken: cancellationToken));

    /// <summary>Ends it and everything that was issued from it; the number of those that were there.</summary>
    public static Task<int> EndAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition("DELETE FROM platform.oauth_authorizations WHERE id = @id", new { id }, cancellationToken: cancellationToken));

    /// <summary>The next refresh token.</summary>
    public static async Task<string> AddRefreshTokenAsync(NpgsqlConnection connection, Guid authorizationId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var text = ClientSecret.New();
        await connection.ExecuteAsync(new CommandDefinition(
            "INSERT INTO platform.oauth_refresh_tokens (hash, authorization_id, created_at) VALUES (@hash, @authorizationId, @now)",
            new { hash = ClientSecret.Hash(text), authorizationId, now = now.UtcDateTime }, cancellationToken: cancellationToken));
        return text;
    }

    /// <summary>The refresh token and what it belongs to, locked until the transaction ends.</summary>
    public static Task<StoredRefreshToken?> FindForUseAsync(NpgsqlConnection connection, string text, CancellationToken cancellationToken) =>
        connection.QuerySingleOrDefaultAsync<StoredRefreshToken>(new CommandDefinition(
            """
            SELECT r.hash, r.used_at IS NOT NULL AS "IsUsed", a.id AS "AuthorizationId", a.client_id AS "ClientId", a.scopes,
                   s.expires_at AS "SessionEnds", u.id AS "UserId", u.is_active AS "IsActive"
            FROM platform.oauth_refresh_tokens r JOIN platform.oauth_authorizations a ON a.id = r.authorization_id
            JOIN platform.sessions s ON s.id = a.session_id JOIN platform.users u ON u.id = s.user_id
            WHERE r.hash = @hash FOR UPDATE OF r
            """,
            new { hash = ClientSecret.Hash(text) }, cancellationToken: cancellationToken));

    public static Task MarkUsedAsync(NpgsqlConnection connection, StoredRefreshToken token, DateTimeOffset now, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            "UPDATE platform.oauth_refresh_tokens SET used_at = @now WHERE hash = @Hash", new { token.Hash, now = now.UtcDateTime }, cancellationToken: cancellationToken));
}

/// <summary>A refresh token with its user.</summary>
internal sealed record StoredRefreshToken
{
    public required byte[] Hash { get; init; }

    public required bool IsUsed { get; init; }

    public required Guid AuthorizationId { get; init; }

    public required Guid ClientId { get; init; }

    public required string[] Scopes { get; init; }

    public required DateTime SessionEnds { get; init; }

    public required Guid UserId { get; init; }

    public required bool IsActive { get; init; }
}
