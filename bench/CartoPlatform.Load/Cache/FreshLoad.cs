using System.Diagnostics;
using CartoPlatform.Load.Measuring;
using CartoPlatform.Testing.Platform;

namespace CartoPlatform.Load.Cache;

/// <summary>From a COMMIT past the platform to the first answer that has it, while others read.</summary>
internal static class FreshLoad
{
    private const int Commits = 200;
    private const int Warming = 20;
    private const int Readers = 4;

    /// <summary>In one process with the poller, and where the edge hears of changes from another process.</summary>
    public static async Task RunAsync()
    {
        Report.Heading("From COMMIT to the first fresh answer");
        Report.Columns("topology", "commits", "median ms", "p99 ms", "longest ms");
        foreach (var topology in (string[])["standard", "services"])
        {
            await using var platform = new TestPlatform(topology);
            await RunAsync(topology, await platform.UpAsync("--no-sample"));
        }
    }

    private static async Task RunAsync(string topology, PlatformStatus status)
    {
        await using var database = PlatformDatabase.Open(status);
        await database.ExecuteAsync("DROP TABLE IF EXISTS public.fresh; CREATE TABLE public.fresh (n int); INSERT INTO public.fresh VALUES (0)");
        using var client = CacheLoad.ClientFor(status);
        var url = new Uri("/v3/sql/carto_dw/query?q=SELECT max(n) AS n FROM public.fresh", UriKind.Relative);
        using var over = new CancellationTokenSource();
        var readers = Enumerable.Range(0, Readers).Select(_ => ReadAsync(client, url, over.Token)).ToArray();
        var times = new List<TimeSpan>();
        for (var commit = 1 - Warming; commit <= Commits; commit++)
        {
            await database.ExecuteAsync($"UPDATE public.fresh SET n = {commit + Warming}");
            var committed = Stopwatch.GetTimestamp();
            while (!(await client.GetStringAsync(url)).Contains($"\"n\":{commit + Warming}}}", StringComparison.Ordinal)) continue;
            if (commit > 0) times.Add(Stopwatch.GetElapsedTime(committed));
            await Task.Delay(Random.Shared.Next(60));
        }

        await over.CancelAsync();
        await Task.WhenAll(readers);
        times.Sort();
        Report.Row(topology, $"{Commits}", Report.Milliseconds(times[Commits / 2]), Report.Milliseconds(times[Commits * 99 / 100]), Report.Milliseconds(times[^1]));
    }

    private static async Task ReadAsync(HttpClient client, Uri url, CancellationToken cancellationToken)
    {
        try
        {
            while (true) await client.GetStringAsync(url, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Over.
        }
    }
}
