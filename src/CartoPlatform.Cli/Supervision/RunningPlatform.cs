using CartoPlatform.Cli.Platforms;
using CartoPlatform.Cli.Terminal;
using CartoPlatform.Topology;

namespace CartoPlatform.Cli.Supervision;

/// <summary>A second <c>up</c> on the same data folder.</summary>
internal static class RunningPlatform
{
    /// <summary>The exit code where a platform runs already; null where none does.</summary>
    public static async Task<int?> ReportAsync(PlatformSettings settings, TopologySpec topology, CancellationToken cancellationToken)
    {
        var status = await PlatformStatus.AskAsync(settings.Data, cancellationToken);
        if (status.State == PlatformStatus.Stopped)
            return null;

        if (status.Run is { } run && (run.Topology != topology.Name || run.BaseUrl != settings.BaseUrl))
        {
            await Errors.WriteAsync($"CartoPlatform runs already on {settings.Data.Path}, as topology {run.Topology} at {run.BaseUrl}: stop it with ./carto down to start it otherwise.");
            return ExitCodes.Failure;
        }

        if (status.IsHealthy)
        {
            Console.WriteLine($"CartoPlatform is already running at {settings.BaseUrl} (data folder {settings.Data.Path}).");
            return ExitCodes.Success;
        }

        await Errors.WriteAsync($"CartoPlatform runs already on {settings.Data.Path}, but is {status.State}: see ./carto status, or stop it with ./carto down.");
        return ExitCodes.Failure;
    }
}
