using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.WorkspaceClient;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace CartoPlatform.Auth.Http;

/// <summary>
/// Tells a service behind this one whose token a request carries, sealed with the platform's internal key (HMAC-SHA256) for this text of the token
/// and for a minute. It is looked at where the Workspace API does not answer and the service has not met the token before: then what one
/// service knows all know.
/// </summary>
internal sealed class CallerSeal(IOptions<InternalKeyOptions> options, TimeProvider time)
{
    public const string Header = "X-Carto-Caller";

    // Kestrel takes 32 KiB of headers, and a caller has his own.
    private const int MaxLength = 8_192;

    // The machines of one platform have clocks that are no further apart.
    private static readonly TimeSpan ValidFor = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan SealedAnewAfter = TimeSpan.FromSeconds(10);

    // Null where a service has no key: an empty one would be everybody's.
    private readonly byte[]? _key = options.Value.InternalKey is { Length: > 0 } key ? HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), "caller of a request"u8) : null;
    private readonly ConditionalWeakTable<TokenRecord, Sealed> _sealed = [];

    /// <summary>For the token of this text; null where it does not fit into a header.</summary>
    public string? Seal(string text, TokenRecord token)
    {
        if (_key is null) return null;
        var now = time.GetUtcNow();
        // The record is read anew every second, so few are found for long.
        if (_sealed.TryGetValue(token, out var known) && known.Text == text && now - known.At < SealedAnewAfter) return known.Header;
        var content = JsonSerializer.SerializeToUtf8Bytes(new SealedCaller(now, HashOf(text), token), CallerSealJson.Default.SealedCaller);
        var header = content.Length > MaxLength / 2 ? null : $"{Base64Url.EncodeToString(content)}.{Base64Url.EncodeToString(HMACSHA256.HashData(_key, content))}";
        _sealed.AddOrUpdate(token, new Sealed(text, now, header));
        return header;
    }

    /// <summary>Null where there is none for the token of this text, or none that is genuine and of now.</summary>
    public TokenRecord? Open(HttpRequest request, string text)
    {
        if (_key is null || request.Headers[Header] is not [{ Length: <= MaxLength } header] || header.Split('.') is not [var written, var seal]) return null;
        if (!Base64Url.IsValid(written) || !Base64Url.IsValid(seal)) return null;
        var content = Base64Url.DecodeFromChars(written);
        if (!CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(_key, content), Base64Url.DecodeFromChars(seal))) return null;
        return Read(content) is { } caller && caller.TextHash == HashOf(text) && (time.GetUtcNow() - caller.At).Duration() < ValidFor ? caller.Token : null;
    }

    private static SealedCaller? Read(byte[] content)
    {
        try
        {
            return JsonSerializer.Deserialize(content, CallerSealJson.Default.SealedCaller);
        }
        catch (JsonException)
        {
            // Of a service of another version.
            return null;
        }
    }

    private static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private sealed record Sealed(string Text, DateTimeOffset At, string? Header);
}

internal sealed record SealedCaller(DateTimeOffset At, string TextHash, TokenRecord Token);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SealedCaller))]
internal sealed partial class CallerSealJson : JsonSerializerContext;
