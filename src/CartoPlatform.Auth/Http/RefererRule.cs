using Microsoft.Extensions.Primitives;

namespace CartoPlatform.Auth.Http;

/// <summary>
/// The <c>referers</c> of a token. Browsers send no more than the origin to another site, so origins are compared: scheme, host and
/// port. A page may keep its <c>Referer</c> to itself, and then says where it is in <c>Origin</c>, which it can neither leave out nor
/// change: both count, and what is there must be allowed. (This keeps a token off other people's pages; it stops nobody who writes his own headers.)
/// </summary>
public static class RefererRule
{
    /// <summary>Whether the text can be an entry of the list.</summary>
    public static bool IsEntry(string text) => OriginOf(text) is not null;

    internal static bool Permits(IReadOnlyList<string> allowed, StringValues referer, StringValues origin)
    {
        if (allowed.Count == 0) return true;
        if (referer.Count == 0 && origin.Count == 0) return false;
        return IsAllowed(allowed, referer) && IsAllowed(allowed, origin);
    }

    private static bool IsAllowed(IReadOnlyList<string> allowed, StringValues said) =>
        said.Count == 0 || (said.Count == 1 && OriginOf(said[0]) is { } origin && allowed.Any(entry => OriginOf(entry) == origin));

    private static string? OriginOf(string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp)
            ? $"{uri.Scheme}://{uri.IdnHost}:{uri.Port}"
            : null;
}
