using CartoPlatform.EmbeddedPostGis.Processes;

namespace CartoPlatform.EmbeddedPostGis.Clusters;

/// <summary>A live server of a data directory, proven to be one: its pid file alone may name a stranger.</summary>
internal sealed record RunningServer(string DataDirectory, ProcessIdentity Postmaster, int Port, bool IsReady, TimeProvider Time) : IDatabaseServer
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Closing connections and writing the last checkpoint, on a slow disk.</summary>
    private static readonly TimeSpan FastLimit = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan ImmediateLimit = TimeSpan.FromSeconds(10);

    public static RunningServer? Find(string dataDirectory, TimeProvider time)
    {
        if (PostmasterFile.Read(dataDirectory) is not { Port: { } port } file
            || ProcessIdentity.Of(file.ProcessId) is not { } process
            || LibC.RealPath(dataDirectory) is not { } directory)
        {
            return null;
        }

        return !OperatingSystem.IsLinux() || ServerProcesses.IsServerOf(process.Id, directory)
            ? new RunningServer(dataDirectory, process, port, file.State == "ready", time)
            : null;
    }

    ProcessIdentity? IDatabaseServer.Process => Postmaster;

    public string? SocketFolder => PostmasterFile.Read(DataDirectory) is { SocketFolder: { } folder } && ServerSocket.IsIn(folder, Port) ? folder : null;

    public bool IsAlive => Postmaster.IsAlive;

    public void BoundLog() => ServerLog.Bound(ServerLog.PathIn(DataDirectory));

    public async Task<RunningServer?> WaitUntilReadyAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        var start = Time.GetTimestamp();
        while (Time.GetElapsedTime(start) < limit && Find(DataDirectory, Time) is { } server)
        {
            if (server.IsReady)
                return server;

            await Task.Delay(PollInterval, Time, cancellationToken);
        }

        return null;
    }

    /// <summary>Ends sessions and writes everything out; where that hangs, stops at once (the log recovers it at the next start).</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Postmaster.Signal(ProcessSignal.Interrupt);
        if (await Postmaster.WaitForExitAsync(FastLimit, Time, cancellationToken))
            return;

        Postmaster.Signal(ProcessSignal.Quit);
        if (!await Postmaster.WaitForExitAsync(ImmediateLimit, Time, cancellationToken))
            await LeftOverServer.RemoveAsync(DataDirectory, Time, cancellationToken);
    }
}
