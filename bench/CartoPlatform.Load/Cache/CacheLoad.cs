using System.Globalization;
using System.Net.Http.Headers;
using CartoPlatform.Load.Measuring;
using CartoPlatform.Testing.Platform;

namespace CartoPlatform.Load.Cache;

/// <summary>
/// Hits of the embedded cache, with a token verified and permission decided on each, against Varnish and nginx with the same objects:
/// one core for whoever serves, the other for wrk, in turns.
/// </summary>
internal static class CacheLoad
{
    /// <summary>A header with which nothing of an earlier decision is remembered.</summary>
    public const string DecidedInFull = "Cache-Control: max-age=86400";

    private const int Rounds = 3;

    private static readonly int[] Kilobytes = [1, 5, 20];

    /// <param name="parts">Of hits, 1, 5, 20 (only objects of so many kilobytes), permission, limits, fresh, memory, watch; all of them where none is named.</param>
    public static async Task RunAsync(string[] parts)
    {
        bool Has(string part) => parts.Length == 0 || parts.Contains(part);
        if (Has("watch")) await WatchLoad.RunAsync();
        if (Has("fresh")) await FreshLoad.RunAsync();
        if (!Has("hits") && !Has("permission") && !Has("limits") && !Has("memory")) return;

        await using var platform = new TestPlatform("standard");
        var status = await platform.UpAsync("--no-sample");
        var sizes = Kilobytes.Where(size => parts.Contains($"{size}")).ToArray();
        if (Has("hits")) await HitsAsync(status, sizes.Length == 0 ? Kilobytes : sizes);
        if (Has("permission")) await PermissionAsync(status);
        if (Has("limits")) await LimitLoad.RunAsync(status);
        if (Has("memory")) await MemoryLoad.RunAsync(status);
    }

    private static async Task HitsAsync(PlatformStatus status, int[] sizes)
    {
        var own = PinnedService(status);
        using var client = ClientFor(status);
        var objects = new List<StoredObject>();
        foreach (var kilobytes in sizes) objects.Add(await StoredObject.FetchAsync(client, UrlOf(kilobytes)));
        await using var origin = await ObjectOrigin.StartAsync(objects);
        await using var varnish = await Peer.VarnishAsync(origin.Port);
        await using var nginx = await Peer.NginxAsync(origin.Port);
        await using var bare = await ObjectOrigin.StartProcessAsync(objects);

        Report.Heading("Hits, one core each");
        Report.Columns("object", "asked", "CartoPlatform /s", "p99", "Varnish /s", "p99", "nginx /s", "p99", "bare Kestrel /s", "against Varnish", "against nginx", "against bare Kestrel");
        foreach (var (kilobytes, stored) in sizes.Zip(objects))
        {
            foreach (var isConditional in (bool[])[false, true])
            {
                string[] more = isConditional ? [$"If-None-Match: {stored.Tag}"] : [];
                var medians = await TakeTurnsAsync(
                    new("own", $"{status.BaseUrl}{UrlOf(kilobytes)}", status.Token, more), new("varnish", varnish.Url + stored.Path, status.Token, more),
                    new("nginx", nginx.Url + stored.Path, status.Token, more), new("bare", bare.Url + stored.Path, status.Token, more));
                Report.Row(
                    $"{kilobytes} kB", isConditional ? "304" : "gzip", Report.Number(medians["own"].PerSecond), medians["own"].P99, Report.Number(medians["varnish"].PerSecond), medians["varnish"].P99,
                    Report.Number(medians["nginx"].PerSecond), medians["nginx"].P99, Report.Number(medians["bare"].PerSecond), Ratio(medians, "varnish"), Ratio(medians, "nginx"), Ratio(medians, "bare"));
            }
        }

        own.Release();
    }

    /// <summary>
    /// What a hit costs of which the decision is remembered (records of token and connection compared), of one that is decided in full (token
    /// verified, key made, grants compared), and an answer for which nobody is asked for anything.
    /// </summary>
    private static async Task PermissionAsync(PlatformStatus status)
    {
        const int Size = 5;
        var own = PinnedService(status);
        using var client = ClientFor(status);
        var stored = await StoredObject.FetchAsync(client, UrlOf(Size));
        await using var bare = await ObjectOrigin.StartProcessAsync([stored]);
        var url = $"{status.BaseUrl}{UrlOf(Size)}";
        var medians = await TakeTurnsAsync(
            new("own", url, status.Token, []), new("whole", url, status.Token, [DecidedInFull]), new("bare", bare.Url + stored.Path, status.Token, []));
        Report.Heading("Cost of permission on a hit of 5 kB, one core");
        Report.Columns("", "per second", "microseconds", "over bare Kestrel");
        foreach (var (name, text) in (IEnumerable<(string, string)>)[("own", "decision remembered and checked"), ("whole", "decided in full"), ("bare", "bare Kestrel, nothing decided")])
        {
            var microseconds = 1_000_000 / medians[name].PerSecond;
            Report.Row(text, Report.Number(medians[name].PerSecond), Text(microseconds), Text(microseconds - (1_000_000 / medians["bare"].PerSecond)));
        }

        own.Release();
    }

    /// <summary>One of those that take turns; a name may have several turns in a round.</summary>
    public sealed record Side(string Name, string Url, string Token, string[] Headers);

    public static async Task<Dictionary<string, WrkResult>> TakeTurnsAsync(params Side[] sides)
    {
        var results = sides.Select(side => side.Name).Distinct().ToDictionary(name => name, _ => new List<WrkResult>());
        for (var round = 0; round <= Rounds; round++)
        {
            for (var turn = 0; turn < sides.Length; turn++)
            {
                var side = sides[(round + turn) % sides.Length];
                var result = await Wrk.RunAsync(side.Url, side.Token, side.Headers);
                if (round > 0) results[side.Name].Add(result);
            }
        }

        return results.ToDictionary(pair => pair.Key, pair => WrkResult.Median(pair.Value));
    }

    public static Pinned PinnedService(PlatformStatus status) => Pinned.Server(status.Services.Single(service => service.Name == "standalone").Pid!.Value);

    private static string Ratio(Dictionary<string, WrkResult> results, string other) => Text(results["own"].PerSecond / results[other].PerSecond);

    public static string Text(double number) => number.ToString("0.00", CultureInfo.InvariantCulture);

    public static HttpClient ClientFor(PlatformStatus status)
    {
        var client = new HttpClient { BaseAddress = new Uri(status.BaseUrl) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", status.Token);
        return client;
    }

    // Hexadecimal digits of hashes: gzip leaves somewhat more than half of them.
    public static string UrlOf(int kilobytes)
    {
        var hashes = (int)(kilobytes * 1_024 / 0.56 / 32);
        var sql = string.Create(CultureInfo.InvariantCulture, $"SELECT string_agg(md5(i::text), '') AS text FROM generate_series(1, {hashes}) AS i");
        return $"/v3/sql/carto_dw/query?q={Uri.EscapeDataString(sql)}";
    }
}
