using CartoPlatform.EmbeddedPostGis.Processes;

namespace CartoPlatform.EmbeddedPostGis.Clusters;

/// <summary>
/// What a killed postmaster leaves: backends that still hold the shared memory, and a pid file that names nobody, or somebody else.
/// </summary>
internal static class LeftOverServer
{
    private static readonly TimeSpan QuitLimit = TimeSpan.FromSeconds(5);

    /// <summary>Ends the processes and removes the file. Returns a sentence about what was found, null when there was nothing.</summary>
    public static async Task<string?> RemoveAsync(string dataDirectory, TimeProvider time, CancellationToken cancellationToken)
    {
        var processes = ServerProcesses.In(dataDirectory);
        foreach (var signal in (ProcessSignal[])[ProcessSignal.Quit, ProcessSignal.Kill])
        {
            foreach (var process in processes)
                process.Signal(signal);
            foreach (var process in processes)
                await process.WaitForExitAsync(QuitLimit, time, cancellationToken);
        }

        var isStranger = PostmasterFile.Read(dataDirectory) is { } file && IsTaken(file.ProcessId) && RunningServer.Find(dataDirectory, time) is null;
        // Only a number that is in use stops PostgreSQL; a dead one it checks itself, the shared memory behind it included.
        if (isStranger)
            File.Delete(PostmasterFile.PathIn(dataDirectory));
        ServerSocket.RemoveLeftOver(dataDirectory);

        return (processes.Count, File.Exists(PostmasterFile.PathIn(dataDirectory)) || isStranger) switch
        {
            (0, false) => null,
            (0, true) => "The database was not shut down the last time: it recovers now.",
            (var count, _) => $"Ended {count} left-over database process(es) of a killed server; the database recovers now.",
        };
    }

    /// <summary>Also by a process that has ended and that nobody has collected: kill(2) still finds it, and so does PostgreSQL.</summary>
    private static bool IsTaken(int processId) => LibC.Kill(processId, 0) == 0;
}
