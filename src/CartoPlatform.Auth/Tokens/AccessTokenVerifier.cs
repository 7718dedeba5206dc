using System.Collections.Immutable;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.WorkspaceClient;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace CartoPlatform.Auth.Tokens;

/// <summary>
/// Says what an OAuth access token claims, if it is genuine: signed with RS256 and a key of this platform that the header names, and
/// within its time. Keys that a token brings along (<c>jwk</c>, <c>jku</c>, <c>x5c</c>) are not looked at.
/// </summary>
internal sealed class AccessTokenVerifier(IWorkspaceDirectory directory, TimeProvider time)
{
    /// <summary>How far the clocks of the platform's machines may be apart: a token is not taken for one of the future.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);

    private readonly JsonWebTokenHandler _handler = new() { MaximumTokenSizeInBytes = TokenVerifier.MaxLength };
    private ImmutableDictionary<SigningKeyRecord, RsaSecurityKey> _keys = ImmutableDictionary<SigningKeyRecord, RsaSecurityKey>.Empty;

    public async ValueTask<TokenClaims?> VerifyAsync(JsonWebToken token, CancellationToken cancellationToken)
    {
        if (await FindKeyAsync(token.Kid, cancellationToken) is not { } key) return null;
        var result = await _handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidAlgorithms = [AccessToken.Algorithm],
            ValidTypes = [AccessToken.Type],
            IssuerSigningKey = key,
            ValidAudience = AccessToken.Audience,
            // A platform has several names; the key is its own whatever it is called.
            ValidateIssuer = false,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            LifetimeValidator = IsWithinTime,
        });
        if (!result.IsValid) return null;
        return Guid.TryParseExact(token.Id, "D", out var id)
            && token.TryGetPayloadValue<string>(AccessToken.AccountClaim, out var account)
            && Guid.TryParseExact(account, "D", out var accountId)
            ? new TokenClaims(id, accountId)
            : null;
    }

    private async ValueTask<RsaSecurityKey?> FindKeyAsync(string? id, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(id)) return null;
        // One question for all keys: names that callers make up are never asked for.
        var published = (await directory.FindSigningKeysAsync(cancellationToken))?.Keys ?? [];
        var record = published.FirstOrDefault(key => key.Id == id);
        if (record is null) return null;
        if (_keys.TryGetValue(record, out var known)) return known;
        var key = AccessToken.ToKey(record);
        ImmutableInterlocked.Update(ref _keys, keys => keys.RemoveRange(keys.Keys.Where(old => !published.Contains(old))).SetItem(record, key));
        return key;
    }

    private bool IsWithinTime(DateTime? notBefore, DateTime? expires, SecurityToken token, TokenValidationParameters parameters)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var begins = token is JsonWebToken { IssuedAt: var issued } && issued > (notBefore ?? DateTime.MinValue) ? issued : notBefore;
        return (begins is null || begins <= now + ClockSkew) && now < expires;
    }
}
