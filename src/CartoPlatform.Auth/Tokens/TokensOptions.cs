using System.ComponentModel.DataAnnotations;

namespace CartoPlatform.Auth.Tokens;

/// <summary>How API access tokens are signed.</summary>
public sealed class TokensOptions
{
    public const string Section = "Tokens";

    internal const string Rule =
        "Tokens:SigningKey must be a random key of at least 32 bytes in base64, the same for all services of a platform";

    private const int MinKeyBytes = 32;

    /// <summary>HS256 key in base64. Another key makes every token of before invalid.</summary>
    public string SigningKey { get; set; } = "";

    /// <summary>Invalid tokens from one network in a minute, after which more are answered 429; 0 is any number.</summary>
    [Range(0, 1_000_000)]
    public int MaxFailuresPerMinute { get; set; } = 100;

    internal byte[]? DecodeKey()
    {
        var key = new byte[SigningKey.Length];
        return Convert.TryFromBase64String(SigningKey, key, out var length) && length >= MinKeyBytes ? key[..length] : null;
    }
}
