using System.Text;
using System.Text.Json;
using CartoPlatform.Load.Measuring;
using CartoPlatform.Testing.Platform;

namespace CartoPlatform.Load.Cache;

/// <summary>What counting requests against a rate, and telling it in five headers, costs a hit: two tokens of one platform, one with limits and one without, in turns.</summary>
internal static class LimitLoad
{
    private const int Kilobytes = 5;

    /// <summary>More than anybody asks.</summary>
    private const string Most = """{"requests_per_minute":10000000,"burst":10000000}""";

    public static async Task RunAsync(PlatformStatus status)
    {
        var own = CacheLoad.PinnedService(status);
        using var client = CacheLoad.ClientFor(status);
        var (freeToken, limitedToken) = (await MakeTokenAsync(client, "null"), await MakeTokenAsync(client, Most));
        await StoredObject.FetchAsync(client, CacheLoad.UrlOf(Kilobytes));
        var url = $"{status.BaseUrl}{CacheLoad.UrlOf(Kilobytes)}";
        // There and back: who comes after the other kind of request has it harder.
        CacheLoad.Side free = new("remembered, off", url, freeToken, []), limited = new("remembered, on", url, limitedToken, []);
        CacheLoad.Side fullFree = new("in full, off", url, freeToken, [CacheLoad.DecidedInFull]), fullLimited = new("in full, on", url, limitedToken, [CacheLoad.DecidedInFull]);
        var medians = await CacheLoad.TakeTurnsAsync(free, limited, limited, free, fullFree, fullLimited, fullLimited, fullFree);

        Report.Heading("Cost of a rate limit on a hit of 5 kB, one core");
        Report.Columns("decision", "limits off /s", "p99", "limits on /s", "p99", "off µs", "on µs", "on against off");
        foreach (var decision in (string[])["remembered", "in full"])
        {
            var (off, on) = (medians[$"{decision}, off"], medians[$"{decision}, on"]);
            Report.Row(
                decision, Report.Number(off.PerSecond), off.P99, Report.Number(on.PerSecond), on.P99,
                CacheLoad.Text(1_000_000 / off.PerSecond), CacheLoad.Text(1_000_000 / on.PerSecond), CacheLoad.Text(on.PerSecond / off.PerSecond));
        }

        own.Release();
    }

    private static async Task<string> MakeTokenAsync(HttpClient client, string limits)
    {
        using var body = new StringContent($$"""{"grants":[{"connection_name":"carto_dw"}],"allowed_apis":["sql","maps"],"limits":{{limits}}}""", Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync("/v3/tokens", body);
        answer.EnsureSuccessStatusCode();
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("token").GetString()!;
    }
}
