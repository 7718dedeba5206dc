using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace CartoPlatform.Auth.Tokens;

/// <summary>The platform's key, decoded once.</summary>
internal sealed class TokenSigningKey(IOptions<TokensOptions> options)
{
    public const string Algorithm = SecurityAlgorithms.HmacSha256;

    // The options were checked at start, so the key is there.
    public SymmetricSecurityKey Key { get; } = new(options.Value.DecodeKey()!);
}
