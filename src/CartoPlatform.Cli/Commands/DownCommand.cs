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
        var remove = new Option<bool>("--remove-data") { Description = "Then remove the data folder and its database for good: nothing of the platform is left. A database that was moved out stays." };
        var command = new Command("down", "Stop the platform on this data folder, cleanly; nothing is lost.") { data, remove };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            PlatformSettings.ReadData(parsed.GetValue(data)), parsed.GetValue(remove), TimeProvider.System, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(DataFolder data, bool remove, TimeProvider time, CancellationToken cancellationToken)
    {
        // Before anything is stopped: no other folder is taken for one.
        if (remove && !data.HasPlatform) throw new CommandException($"There is no platform in {data.Path}: nothing was removed.");
        var wasRunning = await StopAsync(data, time, cancellationToken);
        if (remove)
        {
            await EmbeddedCluster.RemoveAsync(data.Path, cancellationToken);
            Directory.Delete(data.Path, recursive: true);
            Console.WriteLine($"Removed {data.Path} and its database.");
            return ExitCodes.Success;
        }

        Console.WriteLine(wasRunning ? "Stopped." : $"Nothing runs on {data.Path}.");
        return ExitCodes.Success;
    }

    /// <summary>False when nothing ran.</summary>
    public static async Task<bool> StopAsync(DataFolder data, TimeProvider time, CancellationToken cancellationToken)
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

        if (!Directory.Exists(data.Path)) return false;

        // What a killed supervisor left. The lock keeps a new one from starting meanwhile.
        using var held = PlatformLock.TryTake(data) ?? throw new CommandException($"Another platform has just been started on {data.Path}.");
        wasRunning |= await LeftOvers.EndServicesAsync(data, new LineReport(), time, cancellationToken) > 0;
        await StreamingReplica.RemoveAllAsync(data.Path, time, cancellationToken);
        wasRunning |= await EmbeddedCluster.StopLeftOverAsync(data.Path, time, cancellationToken);
        return wasRunning;
    }
}
