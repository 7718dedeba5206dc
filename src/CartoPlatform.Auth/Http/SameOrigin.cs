using Microsoft.AspNetCore.Http;

namespace CartoPlatform.Auth.Http;

/// <summary>
/// Where a request comes from that a browser may have been tricked into: a cookie proves who, not whose idea it was (OWASP, Cross-Site
/// Request Forgery Prevention, "Verifying Origin With Standard Headers").
/// </summary>
public static class SameOrigin
{
    /// <summary>Whether the request says that it comes from elsewhere. Reading by GET and HEAD may: its answer stays unread by other sites.</summary>
    public static bool IsForeign(HttpRequest request) => !IsSafe(request.Method) && Judge(request) == false;

    /// <summary>Whether a browser says that the request comes from our own pages.</summary>
    public static bool IsProven(HttpRequest request) => Judge(request) == true;

    private static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    // Null where neither header is there: no browser of these days, or one that was told to be silent.
    private static bool? Judge(HttpRequest request)
    {
        if (request.Headers.Origin is { Count: > 0 } origin)
            return origin.Count == 1 && string.Equals(origin[0], $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
        return request.Headers["Sec-Fetch-Site"].ToString() switch
        {
            "" => null,
            "same-origin" or "none" => true,
            _ => false,
        };
    }
}
