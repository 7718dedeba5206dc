using CartoPlatform.Auth;
using CartoPlatform.HttpCache.Entries;
using CartoPlatform.HttpCache.Keys;
using CartoPlatform.HttpCache.Requests;

namespace CartoPlatform.HttpCache;

/// <summary>What a request wants of the cache.</summary>
/// <param name="Key">What it asks for.</param>
/// <param name="Principal">Who asks.</param>
/// <param name="Directives">Its Cache-Control.</param>
/// <param name="Stamp">The version of the data that its URL names; its reader has seen data of that version already.</param>
/// <param name="IsHead">Asked by HEAD.</param>
/// <param name="ArrivedAt">Timestamp.</param>
internal sealed record AskedAnswer(CacheKey Key, Principal Principal, RequestDirectives Directives, long? Stamp, bool IsHead, long ArrivedAt)
{
    /// <summary>
    /// Whether an entry is not older than what the reader has seen. One of another version may be, unless that version is known to be an
    /// older one: then the origin is asked.
    /// </summary>
    public bool Fits(CacheEntry entry) =>
        Stamp is not { } stamp || entry.Declaration.Stamp is not { } known || stamp == known || entry.OlderStamps.Contains(stamp);

    /// <summary>The timestamp from which on a request to the origin, begun for somebody else, is recent enough.</summary>
    public long EarliestFlight(TimeProvider time) => Directives.MaxAge is { } maxAge
        ? ArrivedAt - (long)(maxAge.TotalSeconds * time.TimestampFrequency)
        : long.MinValue;
}
