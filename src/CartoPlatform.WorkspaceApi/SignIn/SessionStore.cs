using CartoPlatform.Auth.Tokens;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.PostGis.Metadata;
using Dapper;

namespace CartoPlatform.WorkspaceApi.SignIn;

/// <summary>Who is signed in. A session is a caller like any other, with the rights of its user as they are now.</summary>
internal sealed class SessionStore(MetadataDatabase database, TokenIssuer issuer, TimeProvider time)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    /// <summary>Begins a session: the text for the cookie, and when it ends.</summary>
    public async ValueTask<(string Text, DateTimeOffset Expires)> BeginAsync(Guid userId, Guid accountId, string? address, CancellationToken cancellationToken)
    {
        // Whole seconds, as a token states them.
        var created = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        var expires = created + Lifetime;
        var id = Guid.NewGuid();
        var text = issuer.Issue(
            new TokenRecord { Id = id, AccountId = accountId, Grants = [], AllowedApis = [], ExpiresAt = expires }, created, TokenText.NewRandom());
        await database.AskAsync(
            connection => connection.ExecuteAsync(new CommandDefinition(
                """
                DELETE FROM platform.sessions WHERE expires_at < @created;
                INSERT INTO platform.sessions (id, user_id, text_hash, address, created_at, expires_at) VALUES (@id, @userId, @hash, @address, @created, @expires)
                """,
                new { id, userId, hash = Convert.FromHexString(TokenText.Hash(text)), address, created = created.UtcDateTime, expires = expires.UtcDateTime },
                cancellationToken: cancellationToken)),
            cancellationToken);
        return (text, expires);
    }

    public ValueTask<int> EndAsync(Guid id, CancellationToken cancellationToken) => database.AskAsync(
        connection => connection.ExecuteAsync(new CommandDefinition(
            "DELETE FROM platform.sessions WHERE id = @id", new { id }, cancellationToken: cancellationToken)),
        cancellationToken);

    /// <summary>What a session may do now; null for one that has ended, or whose user has been shut out.</summary>
    public async ValueTask<TokenRecord?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        var row = await database.AskAsync(
            connection => connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
                """
                SELECT s.id, u.account_id AS "AccountId", u.id AS "UserId", u.email, u.role, s.text_hash AS "TextHash", s.expires_at AS "ExpiresAt"
                FROM platform.sessions s JOIN platform.users u ON u.id = s.user_id
                WHERE s.id = @id AND u.is_active
                """,
                new { id }, cancellationToken: cancellationToken)),
            cancellationToken);
        return row is null ? null : UserRights.Of(row.UserId, Enum.Parse<AccountRole>(row.Role)) with
        {
            Id = row.Id,
            AccountId = row.AccountId,
            Name = row.Email,
            TextHash = Convert.ToHexStringLower(row.TextHash),
            ExpiresAt = row.ExpiresAt,
        };
    }

    private sealed record Row
    {
        public required Guid Id { get; init; }

        public required Guid AccountId { get; init; }

        public required Guid UserId { get; init; }

        public required string Email { get; init; }

        public required string Role { get; init; }

        public required byte[] TextHash { get; init; }

        public required DateTime ExpiresAt { get; init; }
    }
}
