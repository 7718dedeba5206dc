using System.Diagnostics;
using CartoPlatform.EmbeddedPostGis.Processes;
using CartoPlatform.Testing.Platform;

namespace CartoPlatform.Platform.Tests.Lifecycle;

/// <summary>
/// <c>up</c> at a terminal, and the ways it ends there. By SIGTERM, since a test run in the background of a shell has Ctrl-C's signal
/// ignored, and all that it starts inherits that.
/// </summary>
public sealed class ForegroundTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Platform_stops_on_a_polite_signal()
    {
        await using var platform = new TestPlatform(Topologies.Standard);
        using var up = platform.Start("up", "--no-sample");

        var lines = await SignalAsync(up, "Stop it");

        Assert.Equal((0, "Stopped."), (up.ExitCode, lines[^1]));
        AssertNothingIsLeft(platform);
    }

    [Fact]
    public async Task Signal_during_the_first_start_ends_it_and_the_next_one_works()
    {
        await using var platform = new TestPlatform(Topologies.Standard);
        using var up = platform.Start("up", "--no-sample");

        await SignalAsync(up, "Making the database");

        Assert.Equal((1, "carto: Interrupted.\n"), (up.ExitCode, await up.StandardError.ReadToEndAsync()));
        AssertNothingIsLeft(platform);
        await platform.UpAsync("--no-sample");
    }

    [Fact]
    public async Task Platform_whose_terminal_is_closed_stops_in_order()
    {
        await using var platform = new TestPlatform(Topologies.Standard);
        var exitCode = Path.Combine(Path.GetDirectoryName(platform.DataFolder)!, "exit-code");
        // As an interactive shell: it gets the hang-up, and passes it on. The first wait ends with the signal, the second with the command.
        var command = $"dotnet '{Repository.Cli}' up --no-sample & trap \"kill -HUP $!\" HUP; wait $!; wait $!; echo $? >'{exitCode}'";
        using var terminal = platform.StartProgram("script", "-q", "-c", command, "/dev/null");
        await Wait.UntilAsync("the platform is healthy", async () => (await platform.RunAsync("status")).ExitCode == 0, Limit);

        terminal.Kill();

        await Wait.UntilAsync("the command has ended", () => Task.FromResult(File.Exists(exitCode) && new FileInfo(exitCode).Length > 0), Limit);
        Assert.Equal("0\n", await File.ReadAllTextAsync(exitCode));
        AssertNothingIsLeft(platform);
    }

    /// <summary>Asks the program to end when it has said something; returns all that it says.</summary>
    private static async Task<List<string>> SignalAsync(Process program, string when)
    {
        using var limit = new CancellationTokenSource(Limit);
        var lines = new List<string>();
        while (await program.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            lines.Add(line);
            if (line.StartsWith(when, StringComparison.Ordinal))
                Assert.True(ProcessIdentity.Of(program.Id)?.Signal(ProcessSignal.Terminate));
        }

        await program.WaitForExitAsync(limit.Token);
        return lines;
    }

    private static void AssertNothingIsLeft(TestPlatform platform)
    {
        Assert.Empty(PlatformProcesses.Of(platform.DataFolder).Select(PlatformProcesses.Describe));
        Assert.False(File.Exists(Path.Combine(platform.DataFolder, "run.json")));
    }
}
