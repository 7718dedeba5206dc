using System.Collections.Concurrent;
using CartoPlatform.Contracts.Workspace;

namespace CartoPlatform.Auth.Tokens;

/// <summary>
/// Texts that were found genuine: to verify one again takes as long as half of a small tile. Nobody else can put one there; their times,
/// and the key that others than we may withdraw, are looked at each time.
/// </summary>
internal sealed class GenuineTokens
{
    private const int MaxRemembered = 10_000;

    private readonly ConcurrentDictionary<string, GenuineToken> _texts = new(StringComparer.Ordinal);

    public GenuineToken? Find(string text) => _texts.GetValueOrDefault(text);

    public void Keep(string text, GenuineToken token)
    {
        if (_texts.Count >= MaxRemembered) _texts.Clear();
        _texts[text] = token;
    }
}

/// <param name="Claims">What it says.</param>
/// <param name="NotBefore">When it begins; null is always.</param>
/// <param name="Expires">When it ends; null is never.</param>
/// <param name="SignedWith">The published key; null for one that is signed with the platform's own.</param>
internal sealed record GenuineToken(TokenClaims Claims, DateTime? NotBefore, DateTime? Expires, SigningKeyRecord? SignedWith = null);
