using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using CartoPlatform.EmbeddedPostGis.Processes;
using CartoPlatform.Testing.PostGis;

namespace CartoPlatform.Testing.Platform;

/// <summary>
/// A real platform on a data folder and a port of its own, driven through the command line as a user would. It starts empty; its
/// disposal leaves neither processes nor files.
/// </summary>
public sealed class TestPlatform : IAsyncDisposable
{
    /// <summary>A first start with sample data on two busy cores.</summary>
    private static readonly TimeSpan UpLimit = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan CommandLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan ExitLimit = TimeSpan.FromSeconds(10);

    /// <summary>In the test's folder. A database in a container outlives its data folder.</summary>
    private const string RemoveContainer =
        "if [ -f data/container ]; then name=$(head -1 data/container); docker rm --force $name; docker volume rm $name; fi";

    private readonly string _folder = TestFolder.Create();

    public TestPlatform(string topology)
    {
        Topology = topology;
        DataFolder = Path.Combine(_folder, "data");
        Port = FreePort();
        Environment["CARTO_DATA"] = DataFolder;
        Environment["CARTO_PORT"] = Port.ToString(CultureInfo.InvariantCulture);
        // A test run can be killed at any point. The script must not name the data folder: it would count as a process of the platform.
        Watchdog.Start($"cd '{_folder}' && dotnet '{Repository.Cli}' down --data data; {RemoveContainer}; rm -rf '{_folder}'");
    }

    public string Topology { get; }

    public string DataFolder { get; }

    public int Port { get; }

    /// <summary>What tells the command line which platform is meant, and whatever else a test adds.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>Starts it and waits until it is healthy.</summary>
    public async Task<PlatformStatus> UpAsync(params string[] options)
    {
        var up = await TryUpAsync(options);
        return up.ExitCode == 0 ? await StatusAsync() : throw new InvalidOperationException(up.ToString());
    }

    public Task<CommandResult> TryUpAsync(params string[] options) => RunAsync(["up", "--detach", "--topology", Topology, .. options], UpLimit);

    public async Task<PlatformStatus> StatusAsync()
    {
        var status = await RunAsync("status", "--json");
        return status.ExitCode == 0 ? PlatformStatus.Parse(status.Output) : throw new InvalidOperationException(status.ToString());
    }

    public Task<CommandResult> DownAsync() => RunAsync("down");

    /// <summary>Any command of <c>./carto</c> on this platform.</summary>
    public Task<CommandResult> RunAsync(params string[] arguments) => RunAsync(arguments, CommandLimit);

    /// <summary>A command that goes on; its output can be read. The caller ends it.</summary>
    public Process Start(params string[] arguments) => StartProgram("dotnet", [Repository.Cli, .. arguments]);

    /// <summary>Another program, told which platform is meant.</summary>
    public Process StartProgram(string file, params string[] arguments)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var (variable, value) in Environment) start.Environment[variable] = value;
        return Process.Start(start) ?? throw new InvalidOperationException($"{file} could not be started.");
    }

    /// <summary>Ends every process with a signal that none of them sees coming.</summary>
    public async Task KillAsync()
    {
        // What watches the others may start one again before its own turn comes: until nothing is left.
        await Wait.UntilAsync("all processes are killed", () =>
        {
            var processes = PlatformProcesses.Of(DataFolder);
            foreach (var process in processes) process.Signal(ProcessSignal.Kill);
            return Task.FromResult(processes.Count == 0);
        }, ExitLimit);
    }

    /// <summary>A client that sends the owner's token.</summary>
    public static HttpClient CreateClient(PlatformStatus status)
    {
        var client = new HttpClient { BaseAddress = new Uri(status.BaseUrl) };
        client.DefaultRequestHeaders.Authorization = new("Bearer", status.Token);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        var down = await DownAsync();
        var left = await PlatformProcesses.LeftAsync(DataFolder, ExitLimit);
        var described = left.Select(PlatformProcesses.Describe).ToArray();
        foreach (var process in left) process.Signal(ProcessSignal.Kill);
        await Command.RunAsync("sh", ["-c", $"cd '{_folder}' && {RemoveContainer}"], ExitLimit);
        Directory.Delete(_folder, recursive: true);
        if (down.ExitCode != 0 || described.Length > 0)
            throw new InvalidOperationException($"{down}\nleft: {string.Join("\n", described)}");
    }

    private Task<CommandResult> RunAsync(IEnumerable<string> arguments, TimeSpan limit) =>
        Command.RunAsync("dotnet", [Repository.Cli, .. arguments], limit, Environment);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
