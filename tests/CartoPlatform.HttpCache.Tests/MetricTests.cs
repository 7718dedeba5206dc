using System.Globalization;
using CartoPlatform.HttpCache.Tests.Hosting;
using CartoPlatform.Testing.Platform;

namespace CartoPlatform.HttpCache.Tests;

/// <summary>What operators see of the cache, on the internal port. Meters belong to the process, so no other host may run beside this one.</summary>
[Collection(Name)]
public sealed class MetricTests(CacheFixture fixture) : IClassFixture<CacheFixture>
{
    private const string Name = "metrics, alone";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Answers_are_counted_by_what_became_of_them_kind_and_zoom()
    {
        var port = CacheFixture.FreePort();
        var host = await fixture.StartAsync($"--Internal:Port={port}");
        var table = await fixture.CreateTableAsync();
        using var client = host.Owner();
        var (tile, query) = ($"/v3/maps/main/table/3/4/3?name={table}", $"/v3/sql/main/query?q=SELECT count(*) AS n FROM {table}");
        foreach (var url in (string[])[tile, tile, tile, query, query]) await client.AskAsync(url);
        await client.AskAsync(query, "no-cache");

        var before = await ReadAsync(port);
        Assert.Equal(1, before["""carto_cache_requests_total{carto_cache_kind="tile",carto_cache_status="MISS",carto_cache_zoom="3"}"""]);
        Assert.Equal(2, before["""carto_cache_requests_total{carto_cache_kind="tile",carto_cache_status="HIT",carto_cache_zoom="3"}"""]);
        Assert.Equal(1, before["""carto_cache_requests_total{carto_cache_kind="query",carto_cache_status="HIT",carto_cache_zoom=""}"""]);
        Assert.Equal(1, before["""carto_cache_requests_total{carto_cache_kind="other",carto_cache_status="BYPASS",carto_cache_zoom=""}"""]);
        Assert.True(before["""carto_cache_sent_bytes_total{carto_cache_kind="tile"}"""] > 0);
        Assert.True(before["""carto_cache_size_bytes{carto_cache_connection="main"}"""] > 1_000);
        Assert.True(before["""carto_cache_age_seconds_total{carto_cache_kind="query"}"""] >= 0);
        Assert.True(before["""carto_cache_flight_duration_seconds_count{carto_cache_result="kept"}"""] >= 2);

        await fixture.Database.ExecuteAsync($"DELETE FROM {table} WHERE id = 1");
        await Wait.UntilAsync("the deletion is answered", async () => (await client.AskAsync(query)).Body.Contains("\"n\":4", StringComparison.Ordinal), Limit);
        var after = await ReadAsync(port);
        Assert.True(after["""carto_cache_invalidations_total{carto_cache_kind="query",carto_cache_reason="changed"}"""] >= 1);
        Assert.True(after["carto_changes_delay_seconds_count"] >= 1);
    }

    [Fact]
    public async Task Early_answers_are_among_the_durations_of_requests_under_the_labels_of_the_others()
    {
        var (port, feed) = (CacheFixture.FreePort(), CacheFixture.FreePort());
        await fixture.StartAsync($"--Internal:Port={feed}");
        var host = await fixture.StartAsync($"--Internal:Port={port}", $"--Cache:Feed=http://127.0.0.1:{feed}");
        using var client = host.Owner();
        var url = $"/v3/maps/main/table/3/4/3?name={await fixture.CreateTableAsync()}";

        // Requests that are answered in front of routing, by what they have in common; what the stub of the Workspace API does not know is unhandled.
        async Task<Dictionary<string, double>> UnroutedAsync() => (await ReadAsync(port, "http_server_request_duration_seconds_count"))
            .Where(line => !line.Key.Contains("http_route", StringComparison.Ordinal) && !line.Key.Contains("is_unhandled", StringComparison.Ordinal)).ToDictionary();
        async Task<string[]> GrownAsync(int inPipeline)
        {
            var before = await UnroutedAsync();
            string[] grown = [];
            await Wait.UntilAsync("such an answer is counted", async () =>
            {
                var seen = host.PipelineRequests;
                await client.AskAsync(url);
                if (host.PipelineRequests - seen == inPipeline)
                    grown = [.. (await UnroutedAsync()).Where(line => line.Value > before.GetValueOrDefault(line.Key)).Select(line => line.Key)];
                return grown.Length > 0;
            }, Limit);
            return grown;
        }

        string[] inPipeline;
        using (host.WatchRequests()) inPipeline = await GrownAsync(1);
        Assert.Equal(inPipeline, await GrownAsync(0));
        Assert.Single(inPipeline);
    }

    private static async Task<Dictionary<string, double>> ReadAsync(int port, string prefix = "carto_")
    {
        using var client = new HttpClient();
        var text = await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics"));
        return text.Split('\n').Where(line => line.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(line => line[..line.LastIndexOf(' ')], line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }

    [CollectionDefinition(Name, DisableParallelization = true)]
    public sealed class Alone;
}
