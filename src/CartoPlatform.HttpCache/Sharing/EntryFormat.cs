using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;
using CartoPlatform.Contracts.Caching;
using CartoPlatform.HttpCache.Entries;
using CartoPlatform.HttpCache.Keys;
using CartoPlatform.ServiceDefaults.Http;

namespace CartoPlatform.HttpCache.Sharing;

/// <summary>
/// An entry as bytes: a version, the length of a JSON head, the head, and the body as it is held. No clock is in it: whoever stores it
/// tells how old it is, and the store how long it has been there.
/// </summary>
internal static class EntryFormat
{
    /// <summary>Moves with every change: what another version of this program wrote is not read.</summary>
    private const byte Version = 1;

    private const int HeadAt = 5;

    // The cheaper of the codings to hold, and what most callers take.
    private const string Coding = "br";
    private const int MinPacked = 1_024;

    public static byte[] Write(CacheEntry entry, TimeSpan age, TimeSpan lifetime)
    {
        var coding = ContentCoding.Find(entry.Body.Length >= MinPacked && !entry.HasClientMark ? Coding : null)!;
        var body = entry.Body.In(coding).Body;
        var head = JsonSerializer.SerializeToUtf8Bytes(
            new EntryHead(
                entry.Status, entry.ContentType, [.. entry.Headers.Select(header => new[] { header.Key, header.Value })], entry.Declaration, [.. entry.OlderStamps],
                (long)age.TotalMilliseconds, (long)lifetime.TotalMilliseconds, coding.Name, entry.Body.Length, entry.Body.Hash, entry.HasClientMark),
            SharingJson.Default.EntryHead);
        var bytes = new byte[HeadAt + head.Length + body.Length];
        bytes[0] = Version;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(1), head.Length);
        head.CopyTo(bytes.AsSpan(HeadAt));
        body.CopyTo(bytes.AsMemory(HeadAt + head.Length));
        return bytes;
    }

    /// <param name="key">What it was stored under.</param>
    /// <param name="bytes">As written.</param>
    /// <param name="remaining">How long the store would keep it still.</param>
    /// <param name="time">The clock that timestamps come from.</param>
    /// <returns>Null for what is no entry of this version.</returns>
    public static CacheEntry? Read(CacheKey key, ReadOnlyMemory<byte> bytes, TimeSpan remaining, TimeProvider time)
    {
        if (ReadHead(bytes) is not ({ } head, var bodyAt)) return null;
        if (head.Declaration is null || head.Hash is null || ContentCoding.Find(head.Coding) is not { } coding) return null;
        var age = head.AgeMilliseconds + Math.Max(0, head.LifetimeMilliseconds - (long)remaining.TotalMilliseconds);
        var body = bytes[bodyAt..];
        var entry = new CacheEntry
        {
            Key = key,
            Status = head.Status,
            ContentType = head.ContentType,
            Headers = [.. (head.Headers ?? []).Where(pair => pair.Length == 2).Select(pair => KeyValuePair.Create(pair[0], pair[1]))],
            Body = coding.Name is null ? new StoredBody(body, head.HasClientMark) : StoredBody.FromPacked(body, coding, head.Length, head.Hash),
            Declaration = head.Declaration,
            BornAt = time.GetTimestamp() - (age * time.TimestampFrequency / 1_000),
            HasClientMark = head.HasClientMark,
        };
        entry.AddOlderStamps(head.OlderStamps ?? []);
        return entry;
    }

    private static (EntryHead Head, int BodyAt)? ReadHead(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length < HeadAt || bytes.Span[0] != Version) return null;
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes.Span[1..]);
        if (length < 0 || length > bytes.Length - HeadAt) return null;
        try
        {
            return JsonSerializer.Deserialize(bytes.Span.Slice(HeadAt, length), SharingJson.Default.EntryHead) is { } head ? (head, HeadAt + length) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

internal sealed record EntryHead(
    int Status, string? ContentType, IReadOnlyList<string[]>? Headers, CacheDeclaration? Declaration, IReadOnlyList<long>? OlderStamps,
    long AgeMilliseconds, long LifetimeMilliseconds, string? Coding, int Length, string? Hash, bool HasClientMark);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EntryHead))]
[JsonSerializable(typeof(Purging.PurgeOrder))]
[JsonSerializable(typeof(Purging.PurgeReply))]
internal sealed partial class SharingJson : JsonSerializerContext;
