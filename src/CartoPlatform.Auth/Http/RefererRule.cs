using Microsoft.Extensions.Primitives;

namespace CartoPlatform.Auth.Http;

/// <summary>
/// The <c>referers</c> of a token. Browsers send no more than the origin to another site, so origins are compared: scheme, host and
/// port. (This keeps a token off other people's pages; it stops nobody who writes his own headers.)
/// </summary>
public static class RefererRule
{
    /// <summary>Whether the text can be an entry of the list.</summary>
    public static bool IsEntry(string text) => OriginOf(text) is not null;

    internal static bool Permits(IReadOnlyList<string> allowed, StringValues referer)
    {
        if (allowed.Count == 0) return true;
        return referer.Count == 1 && OriginOf(referer[0]) is { } origin && allowed.Any(entry => OriginOf(entry) == origin);
    }

    private static string? OriginOf(string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp)
            ? $"{uri.Scheme}://{uri.IdnHost}:{uri.Port}"
            : null;
}
