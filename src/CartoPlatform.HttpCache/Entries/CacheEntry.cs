using System.Collections.Immutable;
using System.Text;
using CartoPlatform.Contracts.Caching;
using CartoPlatform.HttpCache.Front;
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
    private const int MaxOlderStamps = 8;

    private ImmutableArray<long> _olderStamps = [];

    public required CacheKey Key { get; init; }

    public required int Status { get; init; }

    public required string? ContentType { get; init; }

    /// <summary>Headers that belong to the answer, beside those that are made for each response.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; }

    public required StoredBody Body { get; init; }

    public required CacheDeclaration Declaration { get; init; }

    /// <summary>Timestamp from before its data were read.</summary>
    public required long BornAt { get; init; }

    public required bool HasClientMark { get; init; }

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

    /// <summary>No longer in the store: nobody takes it from elsewhere.</summary>
    public bool IsGone { get; set; }

    /// <summary>Requests that find it without looking for its key. Guarded by itself.</summary>
    public HashSet<FrontKey> Fronts { get; } = [];

    public long Bytes => Overhead + Body.Bytes + (8L * Declaration.Versions.Count);

    /// <summary>Stamps that are not newer than this entry's: requests that carry one may have it.</summary>
    public ImmutableArray<long> OlderStamps => _olderStamps;

    public static CacheEntry Create(
        CacheKey key, int status, string? contentType, IReadOnlyList<KeyValuePair<string, string>> headers, ReadOnlyMemory<byte> body, CacheDeclaration declaration, long bornAt)
    {
        var isMarked = body.Span.IndexOf(Encoding.ASCII.GetBytes(ClientMark)) >= 0;
        return new CacheEntry
        {
            Key = key,
            Status = status,
            ContentType = contentType,
            Headers = headers,
            Body = new StoredBody(body, keepsPlain: isMarked),
            Declaration = declaration,
            BornAt = bornAt,
            HasClientMark = isMarked,
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
        return HasClientMark ? new ContentVariant(coding.Compress(WithClient(client)), coding.Name, null) : Body.In(coding);
    }

    private byte[] WithClient(string client)
    {
        var text = Encoding.UTF8.GetString(Body.Plain.Span);
        return Encoding.UTF8.GetBytes(text.Replace(ClientMark, Uri.EscapeDataString(client), StringComparison.Ordinal));
    }
}
