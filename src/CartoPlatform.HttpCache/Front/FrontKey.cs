using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace CartoPlatform.HttpCache.Front;

/// <summary>All of a plain GET that can make a difference to who asks and what the answer is, as it came over the wire.</summary>
internal readonly record struct FrontKey(string Target, string Authorization, string Host, string Scheme, string Referer, string Origin, string Encoding)
{
    private const int MaxLength = 4_096;

    /// <summary>Null for a request that asks for more than the answer: of another method, with directives, cookies or a debug header.</summary>
    public static FrontKey? Of(IHttpRequestFeature request)
    {
        var headers = request.Headers;
        if (!HttpMethods.IsGet(request.Method) || headers.CacheControl.Count != 0 || headers.Pragma.Count != 0 || headers.Cookie.Count != 0) return null;
        if (headers.Authorization.Count > 1 || headers.ContainsKey("X-Cache-Debug")) return null;
        var target = request.RawTarget;
        return target.Length is 0 or > MaxLength
            ? null
            : new FrontKey(target, headers.Authorization.ToString(), headers.Host.ToString(), request.Scheme, headers.Referer.ToString(), headers.Origin.ToString(), headers.AcceptEncoding.ToString());
    }

    // The rest is much the same for all, and compared in any case.
    public override int GetHashCode() => HashCode.Combine(Target, Authorization.Length, Encoding.Length);
}
