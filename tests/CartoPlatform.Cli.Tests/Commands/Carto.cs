using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using CartoPlatform.Cli.Platforms;
using CartoPlatform.Testing.PostGis;

namespace CartoPlatform.Cli.Tests.Commands;

/// <summary>Runs the command as a process of its own, on a data folder and a port of its own; stops what is left at the end.</summary>
public sealed class Carto : IAsyncDisposable
{
    // Beside its own configuration of the runtime, not the copy beside the tests.
    private static readonly string Program = Path.Combine(RepositoryLayout.BinaryFolder("CartoPlatform.Cli"), "CartoPlatform.Cli.dll");

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public string Folder { get; } = TestFolder.Create();

    public int Port { get; } = FreePort();

    public string BaseUrl => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}");

    public Task<Outcome> RunAsync(params string[] arguments) => RunAsync("", arguments);

    public async Task<Outcome> RunAsync(string input, string[] arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        using var process = Start(arguments, environment);
        using var limit = new CancellationTokenSource(Limit);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync(limit.Token);
        return new Outcome(process.ExitCode, await output, await error);
    }

    public Process Start(string[] arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo("dotnet", [Program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        start.Environment["CARTO_DATA"] = Folder;
        start.Environment["CARTO_PORT"] = Port.ToString(CultureInfo.InvariantCulture);
        start.Environment.Remove("CARTO_BIND");
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>Starts the platform without sample data and waits until it is healthy.</summary>
    public async Task UpAsync(params string[] more)
    {
        var up = await RunAsync(["up", "--detach", "--no-sample", .. more]);
        Assert.True(up.ExitCode == 0, up.ToString());
    }

    public async Task<JsonObject> StatusAsync() => JsonNode.Parse((await RunAsync("status", "--json")).Output)!.AsObject();

    /// <summary>Ids of all processes that work in, or were started for, the data folder.</summary>
    public IReadOnlyList<int> Processes() =>
        [.. Process.GetProcesses().Select(process => process.Id).Where(id => id != Environment.ProcessId && IsOurs(id))];

    internal RunRecord Run() => RunFile.Read(new DataFolder(Folder))!;

    public async ValueTask DisposeAsync()
    {
        await RunAsync("down");
        Directory.Delete(Folder, recursive: true);
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private bool IsOurs(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline").Contains(Folder, StringComparison.Ordinal)
                || File.ReadAllText($"/proc/{id}/environ").Contains($"CARTO_DATA={Folder}", StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}

public sealed record Outcome(int ExitCode, string Output, string Error);
