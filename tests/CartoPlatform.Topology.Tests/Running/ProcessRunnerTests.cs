using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using CartoPlatform.Topology.Running;

namespace CartoPlatform.Topology.Tests.Running;

/// <summary>With the worker as a real process.</summary>
public sealed class ProcessRunnerTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly string _folder = Directory.CreateTempSubdirectory("carto-runner-").FullName;
    private readonly ConcurrentQueue<string> _reports = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Started_service_answers_and_stopped_one_is_gone()
    {
        using var runner = Runner(Worker());

        await runner.StartAsync(CancellationToken.None);
        var process = Process.GetProcessById(runner.Entry.ProcessId!.Value);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(runner.Entry.Url, "/health/ready"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(runner.Entry.InternalUrl, "/metrics"));
        await runner.StopAsync();

        Assert.True(process.HasExited);
        Assert.Null(runner.Entry.ProcessId);
        Assert.NotEmpty(await File.ReadAllTextAsync(Path.Combine(_folder, "worker.log")));
    }

    [Fact]
    public async Task Service_that_dies_is_started_again()
    {
        var changes = new SemaphoreSlim(0);
        using var runner = Runner(Worker(), () => changes.Release());
        await runner.StartAsync(CancellationToken.None);
        using var end = new CancellationTokenSource();
        var watching = runner.WatchAsync(end.Token);
        var first = runner.Entry.ProcessId!.Value;

        Process.GetProcessById(first).Kill();
        while (runner.Entry.ProcessId is null || runner.Entry.ProcessId == first)
            Assert.True(await changes.WaitAsync(Limit));

        await UntilReadyAsync(runner.Entry.Url);
        Assert.Contains(_reports, line => line.StartsWith("worker ended with exit code 137", StringComparison.Ordinal));
        await end.CancelAsync();
        await runner.StopAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
    }

    /// <summary>Of several that end at once, each makes the others be noted: no moment of their change may be a bad one.</summary>
    [Fact]
    public async Task Services_can_be_looked_at_at_every_moment_of_a_restart()
    {
        using var runner = Runner(Worker());
        await runner.StartAsync(CancellationToken.None);
        using var end = new CancellationTokenSource();
        var watching = runner.WatchAsync(end.Token);
        var first = runner.Entry.ProcessId!.Value;
        var looking = Task.Run(() =>
        {
            while (!end.IsCancellationRequested && (runner.Services[0].ProcessId ?? first) == first)
            {
            }
        });

        Process.GetProcessById(first).Kill();

        await looking.WaitAsync(Limit);
        Assert.False(watching.IsCompleted);
        await end.CancelAsync();
        await runner.StopAsync();
    }

    [Fact]
    public async Task Service_that_ends_before_it_is_ready_gives_its_reason()
    {
        var environment = new Dictionary<string, string>(Worker().Environment) { ["Internal__Bind"] = "" };
        using var runner = Runner(Worker() with { Environment = environment });

        var failure = await Assert.ThrowsAsync<ServiceException>(() => runner.StartAsync(CancellationToken.None));

        Assert.Contains("worker ended with exit code", failure.Message, StringComparison.Ordinal);
        Assert.Contains("worker.log", failure.Message, StringComparison.Ordinal);
        await runner.StopAsync();
    }

    [Fact]
    public async Task Service_that_is_never_ready_is_given_up_with_its_last_answer()
    {
        var health = new HealthSpec { ReadyPath = "/not/there", StartLimit = TimeSpan.FromSeconds(20) };
        using var runner = Runner(Worker() with { Health = health });

        var failure = await Assert.ThrowsAsync<ServiceException>(() => runner.StartAsync(CancellationToken.None));

        Assert.Contains("answered 404", failure.Message, StringComparison.Ordinal);
        await runner.StopAsync();
        Assert.Null(runner.Entry.ProcessId);
    }

    [Fact]
    public async Task Service_that_was_not_built_says_how_to_build_it()
    {
        using var runner = Runner(Worker() with { Project = "CartoPlatform.Nothing" });

        var failure = await Assert.ThrowsAsync<ServiceException>(() => runner.StartAsync(CancellationToken.None));

        Assert.Contains("dotnet build CartoPlatform.sln", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelled_start_leaves_nothing_running()
    {
        using var runner = Runner(Worker());
        using var cancelled = new CancellationTokenSource();
        var starting = runner.StartAsync(cancelled.Token);

        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starting);
        await runner.StopAsync();
        Assert.Null(runner.Entry.ProcessId);
    }

    private static ServiceSpec Worker() => Topologies.Services[ServiceNames.Worker] with
    {
        DependsOn = [],
        Environment = new Dictionary<string, string>
        {
            ["Platform__InternalKey"] = "internal-key-of-the-tests",
            ["Workspace__Url"] = "http://127.0.0.1:9",
            ["Metadata__ConnectionString"] = "Host=127.0.0.1;Port=9;Database=nothing",
        },
    };

    private ProcessRunner Runner(ServiceSpec service, Action? changed = null) => new(
        new TopologySpec("one", service.Name, [service]),
        new RunSettings
        {
            Bind = IPAddress.Loopback,
            Port = FreePort(),
            BinaryFolder = Repository.BinaryFolder,
            LogFolder = _folder,
            StateFolder = _folder,
            Topology = "one",
            FindPort = FreePort,
            Values = new Dictionary<string, string>(),
        },
        new Collector(_reports),
        changed ?? (() => { }),
        TimeProvider.System);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<HttpStatusCode> StatusAsync(Uri address, string path)
    {
        using var client = new HttpClient();
        using var response = await client.GetAsync(new Uri(address, path));
        return response.StatusCode;
    }

    private static async Task UntilReadyAsync(Uri address)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (true)
        {
            try
            {
                if (await StatusAsync(address, "/health/ready") == HttpStatusCode.OK)
                    return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(50, limit.Token);
            }
        }
    }

    private sealed class Collector(ConcurrentQueue<string> lines) : IProgress<string>
    {
        public void Report(string value) => lines.Enqueue(value);
    }
}
