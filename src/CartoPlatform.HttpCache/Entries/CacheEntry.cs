using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using CartoPlatform.Contracts.Caching;
using CartoPlatform.HttpCache.Keys;
using CartoPlatform.ServiceDefaults.Http;
using Microsoft.Extensions.Primitives;

namespace CartoPlatform.HttpCache.Entries;

/// <summary>An answer as it is kept. Immutable but for what it remembers to be quicker the next time.</summary>
internal sealed class CacheEntry
{
    /// <summary>Stands in URLs of an answer where each caller's own <c>client</c> belongs.</summary>
    public const string ClientMark = "carto-client-e7b5c0";

    private const int Overhead = 600;
    private const int HashBytes = 16;
    private const int MaxOlderStamps = 8;

    private readonly ContentVariant?[] _variants = new ContentVariant?[3];
    private ImmutableArray<long> _olderStamps = [];

    public required CacheKey Key { get; init; }

    public required int Status { get; init; }

    public required string? ContentType { get; init; }

    /// <summary>Headers that belong to the answer, beside those that are made for each response.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; }

    public required ReadOnlyMemory<byte> Body { get; init; }

    public required CacheDeclaration Declaration { get; init; }

    /// <summary>Timestamp from before its data were read.</summary>
    public required long BornAt { get; init; }

    /// <summary>The versions that it was last found to be up to date with: the same object means that nothing has changed.</summary>
    public ImmutableDictionary<uint, long>? ConfirmedWith { get; set; }

    /// <summary>Timestamp at which it was first found to be of no more use; 0 while it is.</summary>
    public long UnusableSince { get; set; }

    /// <summary>How often it was used lately, as the store counts.</summary>
    public int Uses { get; set; }

    /// <summary>What the store has counted for it.</summary>
    public long CountedBytes { get; set; }

    /// <summary>Which of the store's queues it waits in.</summary>
    public bool IsInShort { get; set; }

    public bool HasClientMark { get; private init; }

    public long Bytes => Overhead + Body.Length + (8L * Declaration.Versions.Count) + _variants.Sum(variant => variant is { IsIdentity: false } ? variant.Body.Length : 0);

    /// <summary>Stamps that are not newer than this entry's: requests that carry one may have it.</summary>
    public ImmutableArray<long> OlderStamps => _olderStamps;

    public static CacheEntry Create(
        CacheKey key, int status, string? contentType, IReadOnlyList<KeyValuePair<string, string>> headers, ReadOnlyMemory<byte> body, CacheDeclaration declaration, long bornAt)
    {
        return new CacheEntry
        {
            Key = key,
            Status = status,
            ContentType = contentType,
            Headers = headers,
            Body = body,
            Declaration = declaration,
            BornAt = bornAt,
            HasClientMark = body.Span.IndexOf(Encoding.ASCII.GetBytes(ClientMark)) >= 0,
        };
    }

    public void AddOlderStamps(IEnumerable<long> stamps) => ImmutableInterlocked.Update(
        ref _olderStamps,
        known => [.. known.Concat(stamps).Where(stamp => stamp != Declaration.Stamp).Distinct().TakeLast(MaxOlderStamps)]);

    /// <summary>The body as this caller takes it, compressed at the first time that somebody asks.</summary>
    /// <param name="acceptEncoding">Of the request.</param>
    /// <param name="client">What stands where the mark is.</param>
    public ContentVariant VariantFor(StringValues acceptEncoding, string client)
    {
        var coding = ContentCoding.Choose(acceptEncoding, Body.Length);
        if (HasClientMark) return Compress(coding, WithClient(client), withTag: false);

        var place = coding.Name switch { null => 0, "gzip" => 1, _ => 2 };
        return _variants[place] ??= Compress(coding, Body, withTag: true);
    }

    private static ContentVariant Compress(ContentCoding coding, ReadOnlyMemory<byte> body, bool withTag)
    {
        // The tag of what is sent: the same as the Maps API gives.
        var tag = withTag && body.Length > 0 ? $"\"{Convert.ToHexStringLower(SHA256.HashData(body.Span).AsSpan(0, HashBytes))}{coding.TagSuffix}\"" : null;
        return new ContentVariant(coding.Compress(body), coding.Name, tag);
    }

    private byte[] WithClient(string client)
    {
        var text = Encoding.UTF8.GetString(Body.Span);
        return Encoding.UTF8.GetBytes(text.Replace(ClientMark, Uri.EscapeDataString(client), StringComparison.Ordinal));
    }
}

/// <param name="Body">As it is sent.</param>
/// <param name="Coding">Value of Content-Encoding; null for the body as it is.</param>
/// <param name="Tag">The strong validator of these bytes; null where they differ by caller.</param>
internal sealed record ContentVariant(ReadOnlyMemory<byte> Body, string? Coding, string? Tag)
{
    public bool IsIdentity => Coding is null;
}
