using System.CommandLine;
using CartoPlatform.Cli.Platforms;
using CartoPlatform.Cli.Supervision;
using CartoPlatform.Cli.Terminal;
using CartoPlatform.EmbeddedPostGis.Clusters;
using CartoPlatform.EmbeddedPostGis.Processes;
using CartoPlatform.EmbeddedPostGis.Replicas;

namespace CartoPlatform.Cli.Commands;

internal static class DownCommand
{
    /// <summary>Services get 15 s each group, the database a minute.</summary>
    private static readonly TimeSpan PoliteLimit = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(10);

    public static Command Create()
    {
        var data = CommonOptions.Data();
        var command = new Command("down", "Stop the platform on this data folder, cleanly; nothing is lost.") { data };
        command.SetAction((parsed, cancellationToken) => RunAsync(PlatformSettings.ReadData(parsed.GetValue(data)), TimeProvider.System, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(DataFolder data, TimeProvider time, CancellationToken cancellationToken)
    {
        var wasRunning = false;
        if (PlatformLock.Holder(data) is { } supervisor)
        {
            wasRunning = true;
            supervisor.Signal(ProcessSignal.Terminate);
            if (!await supervisor.WaitForExitAsync(PoliteLimit, time, cancellationToken))
            {
                supervisor.Signal(ProcessSignal.Kill);
                await supervisor.WaitForExitAsync(KillLimit, time, cancellationToken);
            }
        }

        if (!Directory.Exists(data.Path))
        {
            Console.WriteLine($"Nothing runs on {data.Path}.");
            return ExitCodes.Success;
        }

        // What a killed supervisor left. The lock keeps a new one from starting meanwhile.
        using var held = PlatformLock.TryTake(data) ?? throw new CommandException($"Another platform has just been started on {data.Path}.");
        wasRunning |= await LeftOvers.EndServicesAsync(data, new LineReport(), time, cancellationToken) > 0;
        await StreamingReplica.RemoveAllAsync(data.Path, time, cancellationToken);
        wasRunning |= await EmbeddedCluster.StopLeftOverAsync(data.Path, time, cancellationToken);
        Console.WriteLine(wasRunning ? "Stopped." : $"Nothing runs on {data.Path}.");
        return ExitCodes.Success;
    }
}
