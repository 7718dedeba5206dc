using CartoPlatform.Auth.Tokens;
using CartoPlatform.WorkspaceApi.OAuth.Clients;
using CartoPlatform.WorkspaceApi.OAuth.Keys;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.OAuth.Tokens;

/// <summary>Signs access tokens (RFC 9068) and keeps what is needed to end them before their time.</summary>
internal sealed class AccessTokenIssuer(SigningKeyStore keys, IOptions<OAuthOptions> options, TimeProvider time)
{
    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };

    /// <param name="connection">Of the change that it belongs to.</param>
    /// <param name="client">Who asks for it.</param>
    /// <param name="user">For whom; null for the client's own account.</param>
    /// <param name="scopes">What it may do.</param>
    /// <param name="issuer">The platform, as the client knows it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IssuedToken> IssueAsync(
        NpgsqlConnection connection, OAuthClient client, TokenUser? user, IReadOnlyList<string> scopes, string issuer, CancellationToken cancellationToken)
    {
        // Whole seconds, as a token states them.
        var issuedAt = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        var expires = issuedAt + options.Value.AccessTokenLifetime;
        if (user?.SessionEnds < expires) expires = user.SessionEnds;
        var id = Guid.NewGuid();
        var text = _handler.CreateToken(new SecurityTokenDescriptor
        {
            TokenType = AccessToken.Type,
            SigningCredentials = new SigningCredentials(await keys.FindSignerAsync(cancellationToken), AccessToken.Algorithm),
            Issuer = issuer,
            Audience = AccessToken.Audience,
            IssuedAt = issuedAt.UtcDateTime,
            Expires = expires.UtcDateTime,
            Claims = new Dictionary<string, object>
            {
                [JwtRegisteredClaimNames.Jti] = id.ToString("D"),
                [JwtRegisteredClaimNames.Sub] = (user?.Id ?? client.Id).ToString("D"),
                [AccessToken.ClientClaim] = client.Id.ToString("D"),
                [AccessToken.AccountClaim] = client.AccountId.ToString("D"),
                [AccessToken.ScopeClaim] = string.Join(' ', scopes),
            },
        });
        await AccessTokenStore.AddAsync(
            connection, id, client.Id, user?.AuthorizationId, ClientSecret.Hash(text), scopes, issuedAt, expires, cancellationToken);
        return new IssuedToken(text, expires - issuedAt, scopes);
    }
}

/// <summary>The user behind an application's token.</summary>
/// <param name="Id">Of the user.</param>
/// <param name="AuthorizationId">What he has let the application do.</param>
/// <param name="SessionEnds">When that ends.</param>
internal sealed record TokenUser(Guid Id, Guid AuthorizationId, DateTimeOffset SessionEnds);

/// <summary>A token as its client gets it.</summary>
internal sealed record IssuedToken(string Text, TimeSpan Lifetime, IReadOnlyList<string> Scopes)
{
    /// <summary>Of an application's; good for the next one, once.</summary>
    public string? RefreshToken { get; init; }

    public string? IdToken { get; init; }
}
