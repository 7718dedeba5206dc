using System.Globalization;
using System.Text.Json;
using CartoPlatform.Contracts.Caching;
using CartoPlatform.HttpCache.Keys;
using CartoPlatform.HttpCache.Store;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace CartoPlatform.HttpCache.Entries;

/// <summary>Writes an entry to a caller: 304 when the caller has these bytes, no body for HEAD, the best coding that is accepted.</summary>
internal sealed class EntryResponse(EntryJudge judge, MemoryStore store, AnswerCounts counts, IOptions<HttpCacheOptions> options)
{
    private const string DefaultClient = "deck-gl-carto";
    private const int MaxClientLength = 200;

    /// <param name="context">The caller.</param>
    /// <param name="entry">The answer.</param>
    /// <param name="stamp">The data version that the request's URL names.</param>
    /// <param name="isHead">Asked by HEAD: the request itself may have been changed meanwhile.</param>
    /// <param name="withAge">False for an answer that was made for this caller.</param>
    public async Task WriteAsync(HttpContext context, CacheEntry entry, long? stamp, bool isHead, bool withAge)
    {
        var response = context.Response;
        response.StatusCode = entry.Status;
        if (options.Value.IsInner) response.Headers[CacheDeclaration.Header] = JsonSerializer.Serialize(entry.Declaration, CachingJson.Default.CacheDeclaration);
        foreach (var (name, value) in entry.Headers) response.Headers[name] = value;
        response.Headers.CacheControl = CacheControl(entry, stamp);
        response.Headers.Vary = WithAcceptEncoding(response.Headers.Vary);
        response.Headers.ETag = default;
        response.Headers.ContentEncoding = default;
        var ageSeconds = judge.AgeOf(entry).TotalSeconds;
        if (withAge) response.Headers.Age = ((long)ageSeconds).ToString(CultureInfo.InvariantCulture);
        if (entry.Body.Length == 0)
        {
            response.ContentLength = null;
            return;
        }

        var variant = entry.VariantFor(context.Request.Headers.AcceptEncoding, Client(context.Request));
        store.Recount(entry);
        response.Headers.ETag = variant.Tag;
        if (variant.Tag is not null && !IsAlwaysWhole(entry) && Holds(context.Request, variant.Tag))
        {
            response.ContentLength = null;
            response.ContentType = null;
            response.StatusCode = StatusCodes.Status304NotModified;
            if (withAge) counts.Answer(entry, ageSeconds, 0);
            return;
        }

        response.ContentType = entry.ContentType;
        response.ContentLength = variant.Body.Length;
        if (variant.Coding is not null) response.Headers.ContentEncoding = variant.Coding;
        if (withAge) counts.Answer(entry, ageSeconds, isHead ? 0 : variant.Body.Length);
        if (!isHead) await response.Body.WriteAsync(variant.Body, context.RequestAborted);
    }

    // The purge of an entry cannot reach a browser: only what can never change under its URL may stay there unasked.
    public static string CacheControl(CacheEntry entry, long? stamp)
    {
        if (stamp is null || entry.Declaration.Kind != AnswerKinds.Tile) return "private, no-cache";
        return stamp == entry.Declaration.Stamp ? "private, max-age=31536000, immutable" : "private, max-age=0";
    }

    // The client library cannot read a 304 of these.
    public static bool IsAlwaysWhole(CacheEntry entry) =>
        entry.Declaration.Kind is AnswerKinds.Map or AnswerKinds.TileJson;

    // RFC 9110, 13.1.2: "*" matches whatever is there, and the comparison is the weak one.
    private static bool Holds(HttpRequest request, string tag)
    {
        var asked = request.Headers.IfNoneMatch;
        if (asked.Count == 0) return false;
        if (asked.Count == 1 && asked[0] == tag) return true;
        var own = new EntityTagHeaderValue(tag);
        return EntityTagHeaderValue.TryParseList(asked!, out var tags)
            && tags.Any(held => held.Equals(EntityTagHeaderValue.Any) || held.Compare(own, useStrongComparison: false));
    }

    private static StringValues WithAcceptEncoding(StringValues vary) =>
        vary.Any(value => value?.Contains(HeaderNames.AcceptEncoding, StringComparison.OrdinalIgnoreCase) == true)
            ? vary
            : StringValues.Concat(vary, HeaderNames.AcceptEncoding);

    private string Client(HttpRequest request)
    {
        // The mark of the cache in front.
        if (options.Value.IsInner && request.Headers[CacheDeclaration.ClientHeader] is [{ Length: > 0 } mark]) return mark;
        var client = request.Query["client"].ToString();
        if (client.Length == 0 && request.HttpContext.Items[RequestKeys.ClientItem] is string label) client = label;
        return client.Length is > 0 and <= MaxClientLength ? client : DefaultClient;
    }
}
