using System.Diagnostics;
using System.Globalization;
using CartoPlatform.Cli.Platforms;
using CartoPlatform.EmbeddedPostGis.Processes;
using CartoPlatform.Topology;
using CartoPlatform.Topology.Running;

namespace CartoPlatform.Cli.Supervision;

/// <summary>Starts <c>up</c> in a session of its own, shows what it says, and returns when it is ready.</summary>
internal static class DetachedSupervisor
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    public static async Task<int> StartAsync(PlatformSettings settings, TopologySpec topology, bool loadSamples, TimeProvider time, CancellationToken cancellationToken)
    {
        if (await RunningPlatform.ReportAsync(settings, topology, cancellationToken) is { } exitCode)
            return exitCode;

        settings.Data.Create();
        using var supervisor = Start(settings, topology, loadSamples);
        await using var log = new LogFollower(settings.Data.UpLog);
        try
        {
            while (!supervisor.HasExited)
            {
                var isReady = RunFile.Read(settings.Data) is { State: RunState.Ready } run && run.Supervisor.Id == supervisor.Id;
                await log.ShowAsync(cancellationToken);
                if (isReady)
                    return ExitCodes.Success;

                await Task.Delay(PollInterval, time, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            ProcessIdentity.Of(supervisor.Id)?.Signal(ProcessSignal.Terminate);
            await supervisor.WaitForExitAsync(CancellationToken.None);
            throw;
        }

        await log.ShowAsync(cancellationToken);
        return ExitCodes.Failure;
    }

    /// <summary>After a command that had to stop a platform: where it was, and as the given topology.</summary>
    public static async Task StartAgainAsync(PlatformSettings settings, RunRecord before, TopologySpec topology, TimeProvider time)
    {
        var again = settings with { Port = new Uri(before.BaseUrl).Port };
        if (await StartAsync(again, topology, loadSamples: false, time, CancellationToken.None) != ExitCodes.Success)
            throw new CommandException("The platform could not be started again: see ./carto up.");
    }

    private static Process Start(PlatformSettings settings, TopologySpec topology, bool loadSamples)
    {
        List<string> up =
        [
            DotNetHost.Path, typeof(DetachedSupervisor).Assembly.Location, "up",
            "--data", settings.Data.Path,
            "--port", settings.Port.ToString(CultureInfo.InvariantCulture),
            "--topology", topology.Name,
        ];
        if (!loadSamples)
            up.Add("--no-sample");

        if (File.Exists(settings.Data.UpLog))
            File.Move(settings.Data.UpLog, settings.Data.UpLog + ".1", overwrite: true);

        // The shell gives it files of its own as standard streams: whoever reads our output must not wait for the platform's end.
        var start = new ProcessStartInfo("setsid", ["sh", "-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1 </dev/null", "sh", settings.Data.UpLog, .. up]);
        start.Environment["CARTO_BIND"] = settings.Bind.ToString();
        return Process.Start(start) ?? throw new CommandException("The platform could not be started in the background: setsid is missing.");
    }
}
