using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace CartoPlatform.HttpCache.Keys;

/// <summary>Which requests the cache looks at, by their path.</summary>
internal static class CacheTarget
{
    public static bool IsApi(PathString path) =>
        (path.StartsWithSegments("/v3/maps", out var map) && IsMapOfConnection(map))
        || path.StartsWithSegments("/v3/sql") || path.StartsWithSegments("/v3/stats");

    /// <summary>The maps that people keep stand under the same prefix (contract, sections 11 and 13): the workspace answers for them, each time anew.</summary>
    private static bool IsMapOfConnection(PathString map) => map.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries)
        is not ([] or [_] or ["public", ..] or [_, "datasets" or "privacy" or "publish" or "token", ..]);

    /// <summary>Whether an answer to this may be kept, if the API declares it. A query by POST never (it may write), nor anything about jobs.</summary>
    public static bool IsCacheable(HttpRequest request)
    {
        var method = request.Method;
        var isRead = HttpMethods.IsGet(method) || HttpMethods.IsHead(method);
        if (!isRead && !HttpMethods.IsPost(method)) return false;
        if (!request.Path.StartsWithSegments("/v3/sql", out var rest)) return IsApi(request.Path);

        // /{connection}/query, /{connection}/model/{model}
        var segments = rest.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return segments is [_, "query"] ? isRead : segments is [_, "model", _];
    }

    /// <summary>The connection that a path of an API names; empty without one.</summary>
    public static string ConnectionOf(PathString path) => path.Value!.Split('/', 5) is [_, _, _, var name, ..] ? name : "";

    public static bool IsTile(PathString path) => SegmentsOf(path) is ["v3", "maps", _, _, _, _, _] or ["v3", "maps", _, "boundary", "properties", _, _, _];

    /// <summary>Of a tile's path; null for any other.</summary>
    public static int? ZoomOf(PathString path) =>
        IsTile(path) && int.TryParse(SegmentsOf(path)[^3], NumberStyles.None, CultureInfo.InvariantCulture, out var zoom) ? zoom : null;

    /// <summary>Answers that hold absolute URLs: they differ by the address that the caller used.</summary>
    public static bool HoldsUrls(PathString path) => path.StartsWithSegments("/v3/maps") && !IsTile(path);

    private static string[] SegmentsOf(PathString path) => path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
}
