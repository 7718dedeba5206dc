using CartoPlatform.ServiceDefaults.Http;

namespace CartoPlatform.HttpCache.Entries;

/// <summary>
/// A body in the codings that somebody asked for, each compressed once. As soon as there is a compressed one the plain bytes go: who takes
/// no coding, which browsers never do, gets them unpacked.
/// </summary>
internal sealed class StoredBody
{
    private readonly ContentVariant?[] _variants = new ContentVariant?[3];
    private readonly bool _keepsPlain;

    /// <param name="plain">The bytes.</param>
    /// <param name="keepsPlain">They are needed for every caller anew.</param>
    public StoredBody(ReadOnlyMemory<byte> plain, bool keepsPlain)
        : this(plain.Length, BodyHash.Of(plain.Span))
    {
        _keepsPlain = keepsPlain;
        _variants[0] = new ContentVariant(plain, null, TagOf(ContentCoding.Find(null)!));
    }

    private StoredBody(int length, string hash) => (Length, Hash) = (length, hash);

    /// <summary>Of the plain bytes.</summary>
    public int Length { get; }

    /// <summary>Of the plain bytes, for tags.</summary>
    public string Hash { get; }

    /// <summary>What is held of it.</summary>
    public long Bytes => _variants.Sum(variant => variant?.Body.Length ?? 0L);

    public ReadOnlyMemory<byte> Plain
    {
        get
        {
            if (Volatile.Read(ref _variants[0]) is { } plain) return plain.Body;
            var packed = (_variants[1] ?? _variants[2])!;
            return ContentCoding.Find(packed.Coding)!.Decompress(packed.Body, Length);
        }
    }

    public static StoredBody FromPacked(ReadOnlyMemory<byte> packed, ContentCoding coding, int length, string hash)
    {
        var body = new StoredBody(length, hash);
        body._variants[PlaceOf(coding)] = new ContentVariant(packed, coding.Name, body.TagOf(coding));
        return body;
    }

    public ContentVariant In(ContentCoding coding)
    {
        var place = PlaceOf(coding);
        if (Volatile.Read(ref _variants[place]) is { } known) return known;
        var variant = new ContentVariant(coding.Compress(Plain), coding.Name, TagOf(coding));
        if (place == 0) return variant;
        Volatile.Write(ref _variants[place], variant);
        if (!_keepsPlain) Volatile.Write(ref _variants[0], null);
        return variant;
    }

    // The tag of what is sent: the same as the Maps API gives.
    private string? TagOf(ContentCoding coding) => Length == 0 ? null : $"\"{Hash}{coding.TagSuffix}\"";

    private static int PlaceOf(ContentCoding coding) => coding.Name switch { null => 0, "gzip" => 1, _ => 2 };
}

/// <param name="Body">As it is sent.</param>
/// <param name="Coding">Value of Content-Encoding; null for the body as it is.</param>
/// <param name="Tag">The strong validator of these bytes; null where they differ by caller.</param>
internal sealed record ContentVariant(ReadOnlyMemory<byte> Body, string? Coding, string? Tag);
