using System.Globalization;
using CartoPlatform.Contracts.Activity;
using CartoPlatform.Contracts.Maps;
using CartoPlatform.ServiceDefaults.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace CartoPlatform.MapsApi.Tiles;

/// <summary>
/// A tile over HTTP: 204 without features (an empty body of 200 crashes clients), 304 when the caller has these very bytes, else the
/// tile in the best coding that the caller takes. The ETag names the bytes as sent, so it differs by coding.
/// </summary>
internal sealed class TileResult(RenderedTile tile) : IResult
{
    /// <summary>Whether there will be a better one of the same data soon.</summary>
    public bool IsProvisional => tile.IsProvisional;

    /// <summary>Whether its rows are surely of the versions that its source was read with.</summary>
    public bool IsOfReading => tile.IsOfReading;

    // What a connection has not taken yet stands in memory that is pinned, and of which there had better not be much.
    private const int PieceBytes = 256 * 1024;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var _ = tile;
        var response = httpContext.Response;
        response.Headers.CacheControl = "private, no-cache";
        response.Headers.Vary = StringValues.Concat(response.Headers.Vary, HeaderNames.AcceptEncoding);
        response.Headers[AnsweredRows.Header] = tile.Features.ToString(CultureInfo.InvariantCulture);
        if (tile.Dropped > 0) response.Headers[TileHeaders.Dropped] = tile.Dropped.ToString(CultureInfo.InvariantCulture);
        if (tile.Thinned > 0) response.Headers[TileHeaders.Thinned] = tile.Thinned.ToString(CultureInfo.InvariantCulture);
        if (tile.Simplified > 0) response.Headers[TileHeaders.Simplified] = tile.Simplified.ToString(CultureInfo.InvariantCulture);
        if (tile.Sampled is { } share) response.Headers[TileHeaders.Sampled] = share.ToString(CultureInfo.InvariantCulture);
        if (tile.Bytes.IsEmpty)
        {
            response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        var coding = ContentCoding.Choose(httpContext.Request.Headers.AcceptEncoding, tile.Bytes.Length);
        var tag = new EntityTagHeaderValue($"\"{BodyHash.Of(tile.Bytes.Span)}{coding.TagSuffix}\"");
        response.Headers.ETag = tag.ToString();
        if (Holds(httpContext.Request, tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        await WriteAsync(httpContext, coding.Compress(tile.Bytes), coding);
    }

    private async Task WriteAsync(HttpContext httpContext, ReadOnlyMemory<byte> body, ContentCoding coding)
    {
        var response = httpContext.Response;
        if (coding.Name is not null) response.Headers.ContentEncoding = coding.Name;
        response.ContentType = tile.ContentType;
        response.ContentLength = body.Length;
        if (HttpMethods.IsHead(httpContext.Request.Method)) return;
        for (var at = 0; at < body.Length; at += PieceBytes)
            await response.Body.WriteAsync(body.Slice(at, Math.Min(PieceBytes, body.Length - at)), httpContext.RequestAborted);
    }

    // RFC 9110, 13.1.2: "*" matches whatever is there, and the comparison is the weak one.
    private static bool Holds(HttpRequest request, EntityTagHeaderValue tag) =>
        EntityTagHeaderValue.TryParseList(request.Headers.IfNoneMatch!, out var tags)
        && tags.Any(held => held.Equals(EntityTagHeaderValue.Any) || held.Compare(tag, useStrongComparison: false));
}
