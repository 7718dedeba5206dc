using System.Security.Cryptography;
using System.Text;

namespace CartoPlatform.EmbeddedPostGis.Provisioning;

/// <summary>
/// What PostgreSQL keeps of a password (SCRAM-SHA-256, RFC 5802 and 7677): sent in its place, so that no log and no statistics
/// of statements ever hold the password.
/// </summary>
internal static class ScramVerifier
{
    /// <summary>As PostgreSQL's own.</summary>
    private const int Iterations = 4096;

    private const int SaltBytes = 16;

    public static string Of(string password) => Of(password, RandomNumberGenerator.GetBytes(SaltBytes));

    internal static string Of(string password, byte[] salt)
    {
        // As Npgsql prepares it when it logs in.
        var prepared = Encoding.UTF8.GetBytes(password.Normalize(NormalizationForm.FormKC));
        var salted = Rfc2898DeriveBytes.Pbkdf2(prepared, salt, Iterations, HashAlgorithmName.SHA256, SHA256.HashSizeInBytes);
        var storedKey = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        var serverKey = HMACSHA256.HashData(salted, "Server Key"u8);
        return $"SCRAM-SHA-256${Iterations}:{Convert.ToBase64String(salt)}${Convert.ToBase64String(storedKey)}:{Convert.ToBase64String(serverKey)}";
    }
}
