using System.IO.Hashing;

namespace CartoPlatform.ServiceDefaults.Http;

/// <summary>
/// What a body's ETag is made of: one hash for all services, so that an answer has the same tag whether it is made anew or kept. No secret depends on it:
/// whoever can make two states of a table alike here could as well have left it as it was. SHA-256 takes ten times as long, which was a thirtieth of
/// all that a tile takes.
/// </summary>
public static class BodyHash
{
    /// <summary>XXH3 of 128 bits, in hexadecimal.</summary>
    public static string Of(ReadOnlySpan<byte> body) => Convert.ToHexStringLower(XxHash128.Hash(body));
}
