using System.Globalization;
using System.Text.RegularExpressions;
using CartoPlatform.Testing.Platform;

namespace CartoPlatform.Load.Cache;

/// <param name="PerSecond">Requests.</param>
/// <param name="P99">As wrk prints it.</param>
internal sealed record WrkResult(double PerSecond, string P99)
{
    public static WrkResult Median(IReadOnlyList<WrkResult> results) => results.OrderBy(result => result.PerSecond).ElementAt(results.Count / 2);
}

/// <summary>The client, on a core of its own.</summary>
internal static partial class Wrk
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    public static async Task<WrkResult> RunAsync(string url, string token, params string[] headers)
    {
        var more = headers.SelectMany(header => (string[])["-H", header]);
        var result = await Command.RunAsync(
            "taskset", ["-c", Pinned.ClientCore, "wrk", "-t1", "-c32", "-d3s", "--latency", "-H", "Accept-Encoding: gzip", "-H", $"Authorization: Bearer {token}", .. more, url], Limit);
        var perSecond = PerSecondLine().Match(result.Output);
        if (!perSecond.Success || result.Output.Contains("Non-2xx", StringComparison.Ordinal)) throw new InvalidOperationException(result.Output + result.Error);
        return new WrkResult(double.Parse(perSecond.Groups[1].Value, CultureInfo.InvariantCulture), P99Line().Match(result.Output).Groups[1].Value);
    }

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)")]
    private static partial Regex PerSecondLine();

    [GeneratedRegex(@"99%\s+(\S+)")]
    private static partial Regex P99Line();
}
