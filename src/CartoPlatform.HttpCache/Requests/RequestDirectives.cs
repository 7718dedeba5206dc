using System.Globalization;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace CartoPlatform.HttpCache.Requests;

/// <summary>
/// What a request's <c>Cache-Control</c> asks for (docs/cache.md). Names in any case; a directive with a value that is none is ignored;
/// of repeated ones the smallest counts.
/// </summary>
/// <param name="Bypass">Neither read nor store.</param>
/// <param name="OnlyIfCached">504 rather than to ask the origin.</param>
/// <param name="MaxAge">Greatest age of an answer.</param>
/// <param name="MinFresh">An answer must stay fresh for so long.</param>
internal readonly record struct RequestDirectives(bool Bypass, bool OnlyIfCached, TimeSpan? MaxAge, TimeSpan? MinFresh)
{
    // RFC 9111, 1.2.2: what does not fit is 2^31.
    private const long Most = 1L << 31;

    public static RequestDirectives Read(StringValues cacheControl, StringValues pragma, TimeSpan minimumMaxAge)
    {
        if (StringValues.IsNullOrEmpty(cacheControl))
            return new RequestDirectives(Bypass: pragma.ToString().Trim().Equals("no-cache", StringComparison.OrdinalIgnoreCase), false, null, null);

        var (bypass, onlyIfCached) = (false, false);
        TimeSpan? maxAge = null, minFresh = null;
        foreach (var directive in cacheControl.SelectMany(value => Split(value ?? "")))
        {
            var equals = directive.IndexOf('=', StringComparison.Ordinal);
            var name = (equals < 0 ? directive : directive[..equals]).Trim().ToLowerInvariant();
            var seconds = equals < 0 ? null : Seconds(directive[(equals + 1)..]);
            switch (name)
            {
                case "no-cache" or "no-store":
                    bypass = true;
                    break;
                case "only-if-cached":
                    onlyIfCached = true;
                    break;
                case "max-age" when seconds is { } age && (maxAge is null || age < maxAge):
                    maxAge = age;
                    break;
                case "min-fresh" when seconds is { } fresh && (minFresh is null || fresh < minFresh):
                    minFresh = fresh;
                    break;
            }
        }

        if (maxAge > TimeSpan.Zero && maxAge < minimumMaxAge) maxAge = minimumMaxAge;
        return new RequestDirectives(bypass, onlyIfCached, maxAge, minFresh);
    }

    // A comma inside quotes parts nothing.
    private static IEnumerable<string> Split(string value)
    {
        var start = 0;
        var quoted = false;
        for (var index = 0; index <= value.Length; index++)
        {
            if (index < value.Length && value[index] == '"') quoted = !quoted;
            if (index < value.Length && (quoted || value[index] != ',')) continue;
            yield return value[start..index];
            start = index + 1;
        }
    }

    private static TimeSpan? Seconds(string text)
    {
        var digits = HeaderUtilities.RemoveQuotes(text.Trim()).ToString().Trim();
        if (digits.Length == 0 || !digits.All(char.IsAsciiDigit)) return null;
        return TimeSpan.FromSeconds(long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? Math.Min(seconds, Most) : Most);
    }
}
