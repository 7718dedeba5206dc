using System.Text.Json;
using CartoPlatform.EmbeddedPostGis.Processes;
using CartoPlatform.Testing.Platform;
using Xunit.Abstractions;

namespace CartoPlatform.Platform.Tests.Replicas;

/// <summary>Instances of Tier 3 end under load: by force, and as an update ends them.</summary>
[Collection(SharedPlatform.Name)]
public sealed class ReplicaLossTests(PlatformFixture platforms, ITestOutputHelper output)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Answers to see after each event: the load goes on through it.</summary>
    private const int Between = 100;

    private static readonly string[] Pools = ["edge", "cache", "maps-api", "sql-api", "workspace-api", "worker"];

    private static readonly string[] Killed = Environment.GetEnvironmentVariable("CARTO_TEST_LONG") == "1"
        ? [.. Pools.Select(pool => pool + "-1"), "redis", "redis-sentinel-1"]
        : ["edge-1", "maps-api-1", "workspace-api-1", "redis"];

    [Fact]
    public async Task Killed_instance_costs_at_most_the_requests_that_were_in_flight_on_it()
    {
        var platform = await platforms.GetAsync(Topologies.Tier3);
        await using var load = await SteadyLoad.StartAsync(platform);
        await load.MoreAsync(Between, Limit);

        foreach (var name in Killed)
        {
            var (before, answers) = (load.Failures.Count, load.Answers);
            await EndAsync(platform, name, ProcessSignal.Kill);
            await load.MoreAsync(Between, Limit);
            await BackAsync(platform, name);
            var lost = load.Failures.Count - before;
            output.WriteLine($"{name} killed: {lost} of {load.Answers - answers} requests failed");
            Assert.True(lost <= SteadyLoad.Callers, Describe(name, load));
        }
    }

    /// <summary>One half of every pool at once: the other half carries the load.</summary>
    [Fact]
    public async Task Restart_of_each_half_loses_no_request()
    {
        var platform = await platforms.GetAsync(Topologies.Tier3);
        await using var load = await SteadyLoad.StartAsync(platform);
        await load.MoreAsync(Between, Limit);

        for (var half = 1; half <= 2; half++)
        {
            var answers = load.Answers;
            await Task.WhenAll(Pools.Select(pool => EndAsync(platform, $"{pool}-{half}", ProcessSignal.Terminate)));
            await Task.WhenAll(Pools.Select(pool => BackAsync(platform, $"{pool}-{half}")));
            await load.MoreAsync(Between, Limit);
            output.WriteLine($"half {half} restarted: {load.Answers - answers} requests meanwhile");
            Assert.True(load.Failures.IsEmpty, Describe($"half {half}", load));
        }
    }

    private static string Describe(string name, SteadyLoad load) =>
        $"{name}: {load.Failures.Count} of {load.Answers} requests failed:\n{string.Join('\n', load.Failures.TakeLast(10))}";

    private static async Task EndAsync(PlatformStatus platform, string name, ProcessSignal signal)
    {
        var (process, _) = Find(platform, name) ?? throw new InvalidOperationException($"{name} does not run.");
        process.Signal(signal);
        await process.WaitForExitAsync(Limit, TimeProvider.System, CancellationToken.None);
    }

    private static async Task BackAsync(PlatformStatus platform, string name)
    {
        using var client = new HttpClient();
        await Wait.UntilAsync($"{name} is back", async () =>
        {
            if (Find(platform, name) is not var (process, url)) return false;
            if (url.Scheme != Uri.UriSchemeHttp) return process.IsAlive;
            try
            {
                using var ready = await client.GetAsync(new Uri(url, "/health/ready"));
                return ready.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, Limit);
    }

    /// <summary>The process of the moment, which the supervisor notes. Null between two of them.</summary>
    private static (ProcessIdentity Process, Uri Url)? Find(PlatformStatus platform, string name)
    {
        using var run = JsonDocument.Parse(File.ReadAllText(Path.Combine(platform.DataDir, "run.json")));
        var service = run.RootElement.GetProperty("services").EnumerateArray().Single(service => service.GetProperty("name").GetString() == name);
        return service.GetProperty("process") is { ValueKind: JsonValueKind.Object } process
            && ProcessIdentity.Of(process.GetProperty("id").GetInt32()) is { } identity
            ? (identity, new Uri(service.GetProperty("url").GetString() ?? ""))
            : null;
    }
}
