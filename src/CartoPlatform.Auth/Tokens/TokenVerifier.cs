using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace CartoPlatform.Auth.Tokens;

/// <summary>Says what a token's text claims, if it is genuine: signed by this platform with HS256, and within its time.</summary>
public sealed class TokenVerifier
{
    /// <summary>Ours have about 250 characters. Longer text is refused before anything is decoded.</summary>
    public const int MaxLength = 8 * 1024;

    private const string AccountClaim = "a";

    private readonly GenuineTokens _genuine = new();
    private readonly JsonWebTokenHandler _handler = new() { MaximumTokenSizeInBytes = MaxLength };
    private readonly TokenValidationParameters _parameters;
    private readonly TokenValidationParameters _timeless;
    private readonly TimeProvider _time;

    internal TokenVerifier(TokenSigningKey key, TimeProvider time)
    {
        _time = time;
        _parameters = new TokenValidationParameters
        {
            ValidAlgorithms = [TokenSigningKey.Algorithm],
            IssuerSigningKey = key.Key,
            // Tokens name no issuer and no audience: the key is the platform's own.
            ValidateIssuer = false,
            ValidateAudience = false,
            RequireExpirationTime = false,
            LifetimeValidator = IsWithinTime,
        };
        _timeless = _parameters.Clone();
        _timeless.LifetimeValidator = null;
        _timeless.ValidateLifetime = false;
    }

    /// <summary>The claims, or null for text that is no valid token.</summary>
    public ValueTask<TokenClaims?> VerifyAsync(string text)
    {
        if (_genuine.Find(text) is { } known) return ValueTask.FromResult(IsWithinTime(known.NotBefore, known.Expires) ? known.Claims : null);
        return ReadAsync(text, _parameters, isTimed: true);
    }

    /// <summary>The same for one whose time is over: it still names its record, to those who administer it.</summary>
    public ValueTask<TokenClaims?> IdentifyAsync(string text) => ReadAsync(text, _timeless, isTimed: false);

    private async ValueTask<TokenClaims?> ReadAsync(string text, TokenValidationParameters parameters, bool isTimed)
    {
        if (text.Length > MaxLength) return null;
        var result = await _handler.ValidateTokenAsync(text, parameters);
        if (!result.IsValid || result.SecurityToken is not JsonWebToken token) return null;
        if (!Guid.TryParseExact(token.Id, "D", out var id) || !token.TryGetPayloadValue<string>(AccountClaim, out var account) || !Guid.TryParseExact(account, "D", out var accountId))
            return null;
        var claims = new TokenClaims(id, accountId);
        if (isTimed) _genuine.Keep(text, new GenuineToken(claims, TimeOf(token.ValidFrom), TimeOf(token.ValidTo)));
        return claims;
    }

    // Where a token has no such claim, the library says the least time there is.
    private static DateTime? TimeOf(DateTime claim) => claim == DateTime.MinValue ? null : claim;

    private bool IsWithinTime(DateTime? notBefore, DateTime? expires, SecurityToken token, TokenValidationParameters parameters) => IsWithinTime(notBefore, expires);

    private bool IsWithinTime(DateTime? notBefore, DateTime? expires)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        return (notBefore is null || notBefore <= now) && (expires is null || now < expires);
    }
}
