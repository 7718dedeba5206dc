using CartoPlatform.Auth.Tokens;
using CartoPlatform.WorkspaceApi.OAuth.Authorization;
using CartoPlatform.WorkspaceApi.OAuth.Keys;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace CartoPlatform.WorkspaceApi.OAuth.Tokens;

/// <summary>ID tokens: who has signed in, for the application alone (OpenID Connect Core 1.0, section 2). They open nothing.</summary>
internal sealed class IdTokens(SigningKeyStore keys, IOptions<OAuthOptions> options, TimeProvider time)
{
    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false, MapInboundClaims = false, MaximumTokenSizeInBytes = TokenVerifier.MaxLength };

    public async Task<string> IssueAsync(StoredCode code, string issuer, CancellationToken cancellationToken)
    {
        var issuedAt = time.GetUtcNow();
        var claims = new Dictionary<string, object>
        {
            [JwtRegisteredClaimNames.Sub] = code.UserId.ToString("D"),
            [JwtRegisteredClaimNames.AuthTime] = new DateTimeOffset(code.SignedInAt).ToUnixTimeSeconds(),
        };
        if (code.Nonce is not null) claims[JwtRegisteredClaimNames.Nonce] = code.Nonce;
        foreach (var (name, value) in AboutUser(code.Scopes, code.Email, code.Name)) claims[name] = value;
        return _handler.CreateToken(new SecurityTokenDescriptor
        {
            SigningCredentials = new SigningCredentials(await keys.FindSignerAsync(cancellationToken), AccessToken.Algorithm),
            Issuer = issuer,
            Audience = code.ClientId.ToString("D"),
            IssuedAt = issuedAt.UtcDateTime,
            Expires = (issuedAt + options.Value.AccessTokenLifetime).UtcDateTime,
            Claims = claims,
        });
    }

    /// <summary>What the scopes let an application know of its user.</summary>
    public static IEnumerable<(string Name, object Value)> AboutUser(IReadOnlyList<string> scopes, string? email, string? name)
    {
        if (scopes.Contains(OAuthScopes.Email) && email is not null) yield return (JwtRegisteredClaimNames.Email, email);
        if (scopes.Contains(OAuthScopes.Profile) && name is not null) yield return (JwtRegisteredClaimNames.Name, name);
    }

    /// <summary>Whose and for whom a token of ours is, be its time over or not; null for every other text.</summary>
    public async Task<(Guid UserId, Guid ClientId)?> IdentifyAsync(string text, CancellationToken cancellationToken)
    {
        if (text.Length is 0 or > TokenVerifier.MaxLength) return null;
        var published = await keys.ListAsync(cancellationToken);
        var result = await _handler.ValidateTokenAsync(text, new TokenValidationParameters
        {
            ValidAlgorithms = [AccessToken.Algorithm],
            ValidTypes = [JwtConstants.HeaderType],
            IssuerSigningKeys = published.Keys.Select(AccessToken.ToKey),
            TryAllIssuerSigningKeys = false,
            ValidateIssuer = false,
            ValidateAudience = false,
            ValidateLifetime = false,
        });
        return result.IsValid && result.SecurityToken is JsonWebToken token && token.Audiences.ToList() is [var audience]
            && Guid.TryParseExact(token.Subject, "D", out var userId) && Guid.TryParseExact(audience, "D", out var clientId) ? (userId, clientId) : null;
    }
}
