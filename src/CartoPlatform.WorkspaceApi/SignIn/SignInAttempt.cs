using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using CartoPlatform.WorkspaceApi.Sealing;
using Microsoft.IdentityModel.Tokens;

namespace CartoPlatform.WorkspaceApi.SignIn;

/// <summary>
/// What one sign-in with a provider must remember while the browser is away: kept sealed in a cookie of that browser, so that what comes
/// back to another one, an attacker's link say, is worth nothing.
/// </summary>
internal sealed record SignInAttempt(string State, string Nonce, string Verifier, string ReturnTo, DateTimeOffset Until)
{
    public const string Cookie = "carto_sign_in";

    private const string Purpose = "sign-in attempt";
    private const int RandomBytes = 32;
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    public static SignInAttempt Begin(string returnTo, DateTimeOffset now) => new(Random(), Random(), Random(), returnTo, now + Lifetime);

    public string Seal(SecretBox box) =>
        Base64UrlEncoder.Encode(box.Seal(JsonSerializer.SerializeToUtf8Bytes(this, SignInJson.Default.SignInAttempt), Purpose));

    /// <summary>Null for what we did not seal, or too long ago.</summary>
    public static SignInAttempt? TryOpen(string? text, SecretBox box, DateTimeOffset now)
    {
        if (string.IsNullOrEmpty(text) || text.Length > 8_000) return null;
        try
        {
            return box.TryOpen(Base64UrlEncoder.DecodeBytes(text), Purpose) is { } secret
                && JsonSerializer.Deserialize(secret, SignInJson.Default.SignInAttempt) is { } attempt && attempt.Until > now ? attempt : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static string Random() => Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(RandomBytes));
}

[JsonSerializable(typeof(SignInAttempt))]
internal sealed partial class SignInJson : JsonSerializerContext;
