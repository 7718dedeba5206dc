using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace CartoPlatform.Auth.Tokens;

/// <summary>What is kept of a token's text: a hash. The text has 128 random bits besides its signature, so that nobody can make it again.</summary>
public static class TokenText
{
    private const int RandomBytes = 16;

    public static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>The random part of a new token.</summary>
    public static byte[] NewRandom() => RandomNumberGenerator.GetBytes(RandomBytes);

    internal static bool Is(string text, string hash) =>
        CryptographicOperations.FixedTimeEquals(MemoryMarshal.AsBytes(Hash(text).AsSpan()), MemoryMarshal.AsBytes(hash.AsSpan()));
}
