using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace CartoPlatform.WorkspaceApi.OAuth.Clients;

/// <summary>Random texts that are told once and kept as a hash: secrets, codes and refresh tokens. 256 bits need no slow hash.</summary>
internal static class ClientSecret
{
    private const int RandomBytes = 32;

    public static string New() => Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(RandomBytes));

    public static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    /// <summary>Takes as long for a client that has none.</summary>
    public static bool Is(string text, byte[]? hash) => CryptographicOperations.FixedTimeEquals(Hash(text), hash ?? new byte[SHA256.HashSizeInBytes]) && hash is not null;
}
