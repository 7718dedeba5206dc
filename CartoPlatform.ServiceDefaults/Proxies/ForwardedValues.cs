using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Primitives;

namespace CartoPlatform.ServiceDefaults.Proxies;

/// <summary>
/// What <c>X-Forwarded-*</c> may say: addresses of answers are made of it. A header with anything else in it is passed over, as if the
/// proxy had not sent it.
/// </summary>
internal static class ForwardedValues
{
    private const int MaxPort = 65_535;

    /// <summary>Takes away the headers that say what cannot be.</summary>
    public static void Check(IHeaderDictionary headers)
    {
        Check(headers, ForwardedHeadersDefaults.XForwardedProtoHeaderName, IsScheme);
        Check(headers, ForwardedHeadersDefaults.XForwardedHostHeaderName, IsHost);
        Check(headers, ForwardedHeadersDefaults.XForwardedPrefixHeaderName, IsPrefix);
    }

    private static void Check(IHeaderDictionary headers, string name, Func<string, bool> isValid)
    {
        if (!headers.TryGetValue(name, out var values) || StringValues.IsNullOrEmpty(values)) return;
        var all = values.SelectMany(value => (value ?? "").Split(',', StringSplitOptions.TrimEntries));
        if (!all.All(isValid)) headers.Remove(name);
    }

    private static bool IsScheme(string text) =>
        text.Equals(Uri.UriSchemeHttp, StringComparison.OrdinalIgnoreCase) || text.Equals(Uri.UriSchemeHttps, StringComparison.OrdinalIgnoreCase);

    /// <summary>A name or an address, and a port or none.</summary>
    private static bool IsHost(string text)
    {
        var host = new HostString(text);
        if (text.Length == 0 || Uri.CheckHostName(host.Host.Trim('[', ']')) == UriHostNameType.Unknown) return false;
        return host.Port is { } port
            ? port is > 0 and <= MaxPort && text.StartsWith($"{host.Host}:", StringComparison.Ordinal)
            : text == host.Host;
    }

    /// <summary>Whole segments of a path. With two slashes in front it would be another host where an answer leads to it.</summary>
    private static bool IsPrefix(string text) =>
        text.StartsWith('/') && !text.Contains("//", StringComparison.Ordinal)
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '-' or '.' or '_' or '~')
        && !text.Split('/').Any(segment => segment is "." or "..");
}
