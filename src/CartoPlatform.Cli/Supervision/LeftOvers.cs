using CartoPlatform.Cli.Platforms;
using CartoPlatform.EmbeddedPostGis.Processes;

namespace CartoPlatform.Cli.Supervision;

/// <summary>Services that outlived a killed supervisor. They end by themselves when its pipe closes; this makes sure.</summary>
internal static class LeftOvers
{
    private static readonly TimeSpan PoliteLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(5);

    /// <summary>Only processes that are still the recorded ones are touched: numbers are reused.</summary>
    public static async Task<int> EndServicesAsync(DataFolder data, IProgress<string> report, TimeProvider time, CancellationToken cancellationToken)
    {
        if (RunFile.Read(data) is not { } record)
            return 0;

        var alive = record.Services.Where(service => service.Process is { IsAlive: true }).ToArray();
        foreach (var service in alive)
        {
            report.Report($"Ending {service.Name}, left over from a platform that was killed.");
            service.Process!.Value.Signal(ProcessSignal.Terminate); // Not null: just filtered.
        }

        foreach (var process in alive.Select(service => service.Process).OfType<ProcessIdentity>())
        {
            if (!await process.WaitForExitAsync(PoliteLimit, time, cancellationToken))
            {
                process.Signal(ProcessSignal.Kill);
                await process.WaitForExitAsync(KillLimit, time, cancellationToken);
            }
        }

        RunFile.Delete(data);
        return alive.Length;
    }
}
