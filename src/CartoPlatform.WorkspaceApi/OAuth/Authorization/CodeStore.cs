using CartoPlatform.PostGis.Metadata;
using CartoPlatform.WorkspaceApi.OAuth.Clients;
using Dapper;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.OAuth.Authorization;

/// <summary>Authorization codes, kept as hashes. Each is good once, for a minute, for one client, redirect URI and verifier.</summary>
internal sealed class CodeStore(MetadataDatabase database, IOptions<OAuthOptions> options, TimeProvider time)
{
    /// <summary>For which a code is remembered that can no longer be used: who uses it again gives himself away.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromHours(1);

    /// <summary>A code for the user of this session.</summary>
    public async ValueTask<string> AddAsync(AuthorizationRequest request, Guid sessionId, CancellationToken cancellationToken)
    {
        var code = ClientSecret.New();
        var now = time.GetUtcNow();
        await database.AskAsync(
            connection => connection.ExecuteAsync(new CommandDefinition(
                """
                DELETE FROM platform.oauth_codes WHERE hash IN (
                    SELECT hash FROM platform.oauth_codes WHERE expires_at < @forgotten LIMIT 100 FOR UPDATE SKIP LOCKED);
                INSERT INTO platform.oauth_codes (hash, client_id, session_id, authorization_id, redirect_uri, challenge, nonce, scopes, expires_at)
                VALUES (@hash, @clientId, @sessionId, @authorizationId, @RedirectUri, @Challenge, @Nonce, @scopes, @expires)
                """,
                new
                {
                    hash = ClientSecret.Hash(code),
                    clientId = request.Client.Id,
                    sessionId,
                    authorizationId = Guid.NewGuid(),
                    request.RedirectUri,
                    request.Challenge,
                    request.Nonce,
                    scopes = request.Scopes.ToArray(),
                    expires = (now + options.Value.CodeLifetime).UtcDateTime,
                    forgotten = (now - Remembered).UtcDateTime,
                },
                cancellationToken: cancellationToken)),
            cancellationToken);
        return code;
    }

    /// <summary>When the session began; null for one that has ended.</summary>
    public ValueTask<DateTimeOffset?> FindSignInAsync(Guid sessionId, CancellationToken cancellationToken) => database.AskAsync<DateTimeOffset?>(
        async connection => await connection.QuerySingleOrDefaultAsync<DateTime?>(new CommandDefinition(
            "SELECT created_at FROM platform.sessions WHERE id = @sessionId", new { sessionId }, cancellationToken: cancellationToken)),
        cancellationToken);

    /// <summary>The code and whom it is for, locked until the transaction ends.</summary>
    public static Task<StoredCode?> FindForUseAsync(NpgsqlConnection connection, string code, CancellationToken cancellationToken) =>
        connection.QuerySingleOrDefaultAsync<StoredCode>(new CommandDefinition(
            """
            SELECT c.hash, c.client_id AS "ClientId", c.session_id AS "SessionId", c.authorization_id AS "AuthorizationId", c.redirect_uri AS "RedirectUri",
                   c.challenge, c.nonce, c.scopes, c.expires_at AS "ExpiresAt", c.used_at IS NOT NULL AS "IsUsed",
                   s.created_at AS "SignedInAt", s.expires_at AS "SessionEnds", u.id AS "UserId", u.email, u.name, u.is_active AS "IsActive"
            FROM platform.oauth_codes c
            JOIN platform.sessions s ON s.id = c.session_id JOIN platform.users u ON u.id = s.user_id
            WHERE c.hash = @hash FOR UPDATE OF c
            """,
            new { hash = ClientSecret.Hash(code) }, cancellationToken: cancellationToken));

    public static Task MarkUsedAsync(NpgsqlConnection connection, StoredCode code, DateTimeOffset now, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            "UPDATE platform.oauth_codes SET used_at = @now WHERE hash = @Hash", new { code.Hash, now = now.UtcDateTime }, cancellationToken: cancellationToken));
}
