using System.Globalization;
using System.Net;
using CartoPlatform.EmbeddedPostGis.Clusters;
using CartoPlatform.EmbeddedPostGis.Processes;

namespace CartoPlatform.EmbeddedPostGis.Containers;

/// <summary>A container that runs. The engine stops it, and keeps its log within bounds.</summary>
internal sealed record ContainerServer(string Name, int Port, ProcessIdentity? Process) : IDatabaseServer
{
    private const string StopSeconds = "60";

    /// <summary>Where its process is out of sight, somebody at least holds its port.</summary>
    public string? SocketFolder => null;

    public bool IsAlive => Process?.IsAlive ?? !FreePort.IsFree(IPAddress.Loopback, Port);

    /// <summary>The running container of a data folder; null where there is none.</summary>
    public static Task<ContainerServer?> FindInAsync(string dataFolder, CancellationToken cancellationToken) =>
        ContainerMark.Read(dataFolder) is { } mark ? FindAsync(mark, cancellationToken) : Task.FromResult<ContainerServer?>(null);

    public static async Task<ContainerServer?> FindAsync(ContainerMark mark, CancellationToken cancellationToken)
    {
        var inspected = await ContainerEngine.RunAsync(["inspect", "--format", "{{.State.Running}} {{.State.Pid}} {{.Id}}", mark.Name], cancellationToken);
        return inspected.ExitCode == 0 && inspected.Output.Trim().Split(' ') is ["true", var process, var id]
            ? new ContainerServer(mark.Name, mark.Port, FindProcess(int.Parse(process, CultureInfo.InvariantCulture), id))
            : null;
    }

    public Task StopAsync(CancellationToken cancellationToken) =>
        ContainerEngine.RequireAsync(["stop", "--time", StopSeconds, Name], cancellationToken);

    public void BoundLog()
    {
        // By the log options that it was made with (ContainerCommand).
    }

    /// <summary>The engine's number may be one of another (virtual) machine, and here belong to a stranger: the control group tells.</summary>
    private static ProcessIdentity? FindProcess(int number, string containerId)
    {
        try
        {
            var groups = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{number}/cgroup"));
            return groups.Contains(containerId, StringComparison.Ordinal) ? ProcessIdentity.Of(number) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
