using System.Security.Cryptography;
using System.Text;

namespace CartoPlatform.WorkspaceApi.Sealing;

/// <summary>
/// Seals secrets with AES-256-GCM: a copy of the metadata database gives none of them away. The envelope is
/// version (1 byte) · key id (8) · nonce (12) · tag (16) · ciphertext; the key id tells which key of the ring to take. What a secret
/// belongs to is authenticated with it, so an envelope that was moved to another row does not open.
/// </summary>
internal sealed class SecretBox(KeyRing ring)
{
    private const byte Version = 1;
    private const int KeyIdBytes = 8;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int HeaderBytes = 1 + KeyIdBytes + NonceBytes + TagBytes;

    public byte[] Seal(ReadOnlySpan<byte> secret, string belongsTo)
    {
        // Another replica may have rotated: what is sealed under a key that has gone is lost.
        ring.Refresh();
        var key = ring.Keys[0];
        var envelope = new byte[HeaderBytes + secret.Length];
        envelope[0] = Version;
        IdOf(key).CopyTo(envelope, 1);
        RandomNumberGenerator.Fill(NonceOf(envelope));
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Encrypt(NonceOf(envelope), secret, envelope.AsSpan(HeaderBytes), TagOf(envelope), Encoding.UTF8.GetBytes(belongsTo));
        return envelope;
    }

    /// <summary>The secret; null for an envelope of another key or owner, or one that was altered.</summary>
    public byte[]? TryOpen(byte[] envelope, string belongsTo)
    {
        if (envelope.Length < HeaderBytes || envelope[0] != Version) return null;
        if (FindKey(envelope) is not { } key) return null;
        var secret = new byte[envelope.Length - HeaderBytes];
        using var cipher = new AesGcm(key, TagBytes);
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

    /// <summary>The key's name in envelopes.</summary>
    public static byte[] IdOf(byte[] key) => SHA256.HashData(key)[..KeyIdBytes];

    private byte[]? FindKey(byte[] envelope)
    {
        var found = Find();
        if (found is not null) return found;
        ring.Refresh();
        return Find();

        byte[]? Find() => ring.Keys.FirstOrDefault(key => IdOf(key).AsSpan().SequenceEqual(envelope.AsSpan(1, KeyIdBytes)));
    }

    private static Span<byte> NonceOf(byte[] envelope) => envelope.AsSpan(1 + KeyIdBytes, NonceBytes);

    private static Span<byte> TagOf(byte[] envelope) => envelope.AsSpan(1 + KeyIdBytes + NonceBytes, TagBytes);
}
