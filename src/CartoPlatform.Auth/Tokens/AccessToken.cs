using System.Security.Cryptography;
using CartoPlatform.Contracts.Workspace;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace CartoPlatform.Auth.Tokens;

/// <summary>The form of OAuth access tokens (RFC 9068), where it is not that of <see cref="TokenIssuer"/>.</summary>
public static class AccessToken
{
    public const string Algorithm = SecurityAlgorithms.RsaSha256;

    /// <summary>The header's <c>typ</c>: an ID token is signed with the same keys and opens nothing.</summary>
    public const string Type = "at+jwt";

    /// <summary>Whom they are for, in the contract's word (section 12.1).</summary>
    public const string Audience = "carto-cloud-native-api";

    public const string AccountClaim = "a";
    public const string ClientClaim = "client_id";
    public const string ScopeClaim = "scope";

    /// <summary>How the header of <see cref="TokenIssuer"/> begins: <c>{"alg":"HS256",</c>.</summary>
    private const string HmacHeader = "eyJhbGciOiJIUzI1NiIs";

    /// <summary>A published key as the library has it.</summary>
    public static RsaSecurityKey ToKey(SigningKeyRecord key) =>
        new(new RSAParameters { Modulus = Base64UrlEncoder.DecodeBytes(key.Modulus), Exponent = Base64UrlEncoder.DecodeBytes(key.Exponent) }) { KeyId = key.Id };

    /// <summary>Most are API access tokens, and are not taken apart here.</summary>
    internal static bool IsOfOurSecret(string text) => text.StartsWith(HmacHeader, StringComparison.Ordinal);

    /// <summary>The text as an access token, of which nothing is known yet but its form; null for every other text.</summary>
    internal static JsonWebToken? Read(string text)
    {
        if (text.Length > TokenVerifier.MaxLength) return null;
        try
        {
            var token = new JsonWebToken(text);
            return token.Alg == Algorithm && token.Typ == Type ? token : null;
        }
        catch (ArgumentException)
        {
            // No JSON web token at all.
            return null;
        }
    }
}
