using CartoPlatform.ServiceDefaults.Http;
using CartoPlatform.Traffic.Limits;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace CartoPlatform.HttpCache.Front;

/// <summary>Tells what the pipeline has given an answer of a <see cref="FrontHit"/>.</summary>
internal static class FrontHeaders
{
    // Made for each answer anew, by the hit itself, the limits of its caller, or the server.
    private static readonly HashSet<string> Own = new(
        [
            HeaderNames.CacheControl, HeaderNames.Vary, HeaderNames.ETag, HeaderNames.Age, HeaderNames.ContentType, HeaderNames.ContentEncoding, HeaderNames.ContentLength,
            HeaderNames.Date, HeaderNames.Connection, CacheOutcome.StatusHeader, .. LimitHeaders.All,
        ],
        StringComparer.OrdinalIgnoreCase);

    // The same for all requests with equal keys.
    private static readonly HashSet<string> Lasting = new(
        [ContentSniffing.Header, HeaderNames.AccessControlAllowOrigin, HeaderNames.AccessControlAllowCredentials, HeaderNames.AccessControlExposeHeaders],
        StringComparer.OrdinalIgnoreCase);

    /// <returns>Null where one of them may be for this answer alone.</returns>
    public static KeyValuePair<string, StringValues>[]? Around(IHeaderDictionary sent, IReadOnlyList<KeyValuePair<string, string>> kept)
    {
        if (sent.Vary != HeaderNames.AcceptEncoding) return null;
        var others = sent.Where(header => !Own.Contains(header.Key) && !kept.Any(own => own.Key.Equals(header.Key, StringComparison.OrdinalIgnoreCase))).ToArray();
        return others.All(header => Lasting.Contains(header.Key)) ? others : null;
    }
}
