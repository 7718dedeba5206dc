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

    private readonly GenuineTokens _genuine = new();
    private readonly JsonWebTokenHandler _handler = new() { MaximumTokenSizeInBytes = TokenVerifier.MaxLength };
    private ImmutableDictionary<SigningKeyRecord, RsaSecurityKey> _keys = ImmutableDictionary<SigningKeyRecord, RsaSecurityKey>.Empty;

    /// <summary>Null for every other text, too.</summary>
    public async ValueTask<GenuineToken?> VerifyAsync(string text, CancellationToken cancellationToken)
    {
        if (AccessToken.IsOfOurSecret(text)) return null;
        if (_genuine.Find(text) is not { } known) return AccessToken.Read(text) is { } token ? await VerifyAsync(text, token, cancellationToken) : null;
        // The signature is what it was; its key may have been withdrawn.
        return IsWithinTime(known.NotBefore, known.Expires) && (await PublishedAsync(cancellationToken)).Contains(known.SignedWith) ? known : null;
    }

    private async ValueTask<GenuineToken?> VerifyAsync(string text, JsonWebToken token, CancellationToken cancellationToken)
    {
        if (await FindKeyAsync(token.Kid, cancellationToken) is not var (record, key)) return null;
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
            LifetimeValidator = (notBefore, expires, read, _) => expires is not null && IsWithinTime(BeginOf(notBefore, read), expires),
        });
        if (!result.IsValid) return null;
        if (!Guid.TryParseExact(token.Id, "D", out var id) || !token.TryGetPayloadValue<string>(AccessToken.AccountClaim, out var account)
            || !Guid.TryParseExact(account, "D", out var accountId)) return null;
        var genuine = new GenuineToken(new TokenClaims(id, accountId), BeginOf(token.ValidFrom, token), token.ValidTo, record);
        _genuine.Keep(text, genuine);
        return genuine;
    }

    private async ValueTask<IReadOnlyList<SigningKeyRecord>> PublishedAsync(CancellationToken cancellationToken) =>
        (await directory.FindSigningKeysAsync(cancellationToken))?.Keys ?? [];

    private async ValueTask<(SigningKeyRecord Record, RsaSecurityKey Key)?> FindKeyAsync(string? id, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(id)) return null;
        // One question for all keys: names that callers make up are never asked for.
        var published = await PublishedAsync(cancellationToken);
        if (published.FirstOrDefault(key => key.Id == id) is not { } record) return null;
        if (_keys.TryGetValue(record, out var known)) return (record, known);
        var key = AccessToken.ToKey(record);
        ImmutableInterlocked.Update(ref _keys, keys => keys.RemoveRange(keys.Keys.Where(old => !published.Contains(old))).SetItem(record, key));
        return (record, key);
    }

    // Where a token has no such claim, the library says the least time there is, or nothing.
    private static DateTime? BeginOf(DateTime? notBefore, SecurityToken token) =>
        token is JsonWebToken { IssuedAt: var issued } && issued > (notBefore ?? DateTime.MinValue) ? issued : notBefore;

    private bool IsWithinTime(DateTime? begins, DateTime? expires)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return (begins is null || begins <= now + ClockSkew) && now < expires;
    }
}
