using System.Security.Cryptography;
using System.Text;
using CartoPlatform.WorkspaceClient;
using Microsoft.Extensions.Options;

namespace CartoPlatform.WorkspaceApi.Sealing;

/// <summary>
/// Seals secrets with AES-256-GCM: a copy of the metadata database gives none of them away. The envelope is
/// version (1 byte) · key id (8) · nonce (12) · tag (16) · ciphertext; the key id lets a later rotation tell which key to take. What a
/// secret belongs to is authenticated with it, so an envelope that was moved to another row does not open.
/// Where no master key is set it is derived from the internal key (HKDF), which is as secret and at hand in every set-up: that keeps
/// dumps and backups safe, though not against somebody who has both the database and the services' settings.
/// </summary>
internal sealed class SecretBox
{
    private const byte Version = 1;
    private const int KeyIdBytes = 8;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int HeaderBytes = 1 + KeyIdBytes + NonceBytes + TagBytes;

    private readonly byte[] _key;
    private readonly byte[] _keyId;

    public SecretBox(IOptions<MasterKeyOptions> master, IOptions<InternalKeyOptions> internalKey)
    {
        _key = master.Value.DecodeKey() ?? HKDF.DeriveKey(
            HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(internalKey.Value.InternalKey), MasterKeyOptions.KeyBytes,
            info: "carto-platform master key"u8.ToArray());
        _keyId = SHA256.HashData(_key)[..KeyIdBytes];
    }

    public byte[] Seal(ReadOnlySpan<byte> secret, string belongsTo)
    {
        var envelope = new byte[HeaderBytes + secret.Length];
        envelope[0] = Version;
        _keyId.CopyTo(envelope, 1);
        RandomNumberGenerator.Fill(NonceOf(envelope));
        using var cipher = new AesGcm(_key, TagBytes);
        cipher.Encrypt(NonceOf(envelope), secret, envelope.AsSpan(HeaderBytes), TagOf(envelope), Encoding.UTF8.GetBytes(belongsTo));
        return envelope;
    }

    /// <summary>The secret; null for an envelope of another key or owner, or one that was altered.</summary>
    public byte[]? TryOpen(byte[] envelope, string belongsTo)
    {
        if (envelope.Length < HeaderBytes || envelope[0] != Version || !envelope.AsSpan(1, KeyIdBytes).SequenceEqual(_keyId)) return null;
        var secret = new byte[envelope.Length - HeaderBytes];
        using var cipher = new AesGcm(_key, TagBytes);
        try
        {
            cipher.Decrypt(NonceOf(envelope), envelope.AsSpan(HeaderBytes), TagOf(envelope), secret, Encoding.UTF8.GetBytes(belongsTo));
            return secret;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private static Span<byte> NonceOf(byte[] envelope) => envelope.AsSpan(1 + KeyIdBytes, NonceBytes);

    private static Span<byte> TagOf(byte[] envelope) => envelope.AsSpan(1 + KeyIdBytes + NonceBytes, TagBytes);
}
