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
    private const int Rounds = 3;

    private static readonly int[] Kilobytes = [1, 5, 20];

    public static async Task RunAsync(string[] parts)
    {
        await using var platform = new TestPlatform("standard");
        var status = await platform.UpAsync("--no-sample");
        if (parts.Length == 0 || parts.Contains("hits")) await HitsAsync(status);
        if (parts.Length == 0 || parts.Contains("fresh")) await FreshLoad.RunAsync(status);
        if (parts.Length == 0 || parts.Contains("memory")) await MemoryLoad.RunAsync(status);
    }

    private static async Task HitsAsync(PlatformStatus status)
    {
        var own = Pinned.Server(status.Services.Single(service => service.Name == "standalone").Pid!.Value);
        using var client = ClientFor(status);
        var objects = new List<StoredObject>();
        foreach (var kilobytes in Kilobytes) objects.Add(await StoredObject.FetchAsync(client, UrlOf(kilobytes), $"/{kilobytes}"));
        await using var origin = await ObjectOrigin.StartAsync(objects);
        await using var varnish = await Peer.VarnishAsync(origin.Port);
        await using var nginx = await Peer.NginxAsync(origin.Port);
        await using var bare = await ObjectOrigin.StartProcessAsync(objects);

        Report.Heading("Hits, one core each");
        Report.Columns("object", "asked", "CartoPlatform /s", "p99 ms", "Varnish /s", "p99 ms", "nginx /s", "p99 ms", "bare Kestrel /s", "against Varnish");
        foreach (var (kilobytes, stored) in Kilobytes.Zip(objects))
        {
            foreach (var isConditional in (bool[])[false, true])
            {
                var platformUrl = $"{status.BaseUrl}{UrlOf(kilobytes)}";
                (string Name, string Url)[] sides = [("own", platformUrl), ("varnish", varnish.Url + stored.Path), ("nginx", nginx.Url + stored.Path), ("bare", bare.Url + stored.Path)];
                var results = sides.ToDictionary(side => side.Name, _ => new List<WrkResult>());
                for (var round = 0; round <= Rounds; round++)
                {
                    foreach (var (name, url) in sides)
                    {
                        var result = await Wrk.RunAsync(url, status.Token, isConditional ? stored.Tag : null);
                        if (round > 0) results[name].Add(result);
                    }
                }

                var medians = results.ToDictionary(pair => pair.Key, pair => WrkResult.Median(pair.Value));
                Report.Row(
                    $"{kilobytes} kB", isConditional ? "304" : "gzip", Report.Number(medians["own"].PerSecond), medians["own"].P99, Report.Number(medians["varnish"].PerSecond), medians["varnish"].P99,
                    Report.Number(medians["nginx"].PerSecond), medians["nginx"].P99, Report.Number(medians["bare"].PerSecond),
                    (medians["own"].PerSecond / medians["varnish"].PerSecond).ToString("0.00", CultureInfo.InvariantCulture));
            }
        }

        own.Release();
    }

    public static HttpClient ClientFor(PlatformStatus status)
    {
        var client = new HttpClient { BaseAddress = new Uri(status.BaseUrl) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", status.Token);
        return client;
    }

    // Hexadecimal digits of hashes: gzip leaves somewhat more than half of them.
    private static string UrlOf(int kilobytes)
    {
        var hashes = (int)(kilobytes * 1_024 / 0.56 / 32);
        var sql = string.Create(CultureInfo.InvariantCulture, $"SELECT string_agg(md5(i::text), '') AS text FROM generate_series(1, {hashes}) AS i");
        return $"/v3/sql/carto_dw/query?q={Uri.EscapeDataString(sql)}";
    }
}
