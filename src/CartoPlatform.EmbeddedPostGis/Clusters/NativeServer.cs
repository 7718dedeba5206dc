using System.Globalization;
using System.Net;
using CartoPlatform.EmbeddedPostGis.Binaries;
using CartoPlatform.EmbeddedPostGis.Processes;

namespace CartoPlatform.EmbeddedPostGis.Clusters;

/// <summary>
/// Starts the machine's own PostgreSQL on a data directory. The server is never a child of ours: one that outlived
/// a killed platform is found again by its pid file and adopted.
/// </summary>
internal sealed class NativeServer(PostgresInstallation installation, ServerAccount account, ClusterOptions options, TimeProvider time)
{
    private const int PortAttempts = 5;

    /// <summary>Whoever has the port may be gone soon, and services that look for the database there cannot follow it elsewhere.</summary>
    private static readonly TimeSpan PortLimit = TimeSpan.FromSeconds(5);

    /// <summary>Recovery after a crash replays the log since the last checkpoint, on a slow disk for minutes.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(10);

    /// <summary>Without links: the server's account may be able to enter the target alone.</summary>
    private readonly string _directory = LibC.RealPath(ClusterLocation.In(options.DataFolder)) ?? ClusterLocation.In(options.DataFolder);

    /// <summary>Returns the running server and its port, adopted or newly started.</summary>
    public async Task<RunningServer> StartAsync(IProgress<string> report, CancellationToken cancellationToken)
    {
        if (!await account.CanEnterAsync(_directory, cancellationToken))
            throw new ClusterException($"The account {account.Name} that PostgreSQL runs under cannot enter {_directory}: let it through the folders above (chmod o+x), or use another data folder with --data.");

        if (RunningServer.Find(_directory, time) is { } running)
            return running.IsReady ? running : await AdoptAsync(running, report, cancellationToken);

        if (await LeftOverServer.RemoveAsync(_directory, time, cancellationToken) is { } found)
            report.Report(found);

        var port = ClusterConfiguration.RememberedPort(_directory) ?? FreePort.Find();
        for (var attempt = 1; ; attempt++)
        {
            if (!await FreePort.WaitAsync(IPAddress.Loopback, port, PortLimit, time, cancellationToken))
            {
                var other = FreePort.Find();
                report.Report($"Port {port} is in use by another program: the database takes {other}.");
                port = other;
            }

            if (await TryStartAsync(port, isLastAttempt: attempt == PortAttempts, cancellationToken) is { } started)
                return started;
        }
    }

    /// <summary>A server that was still recovering when its platform was killed.</summary>
    private async Task<RunningServer> AdoptAsync(RunningServer server, IProgress<string> report, CancellationToken cancellationToken)
    {
        report.Report("A database that outlived its platform is still starting: waiting for it.");
        return await server.WaitUntilReadyAsync(StartLimit, cancellationToken)
            ?? throw new ClusterException($"The database in {_directory} did not become ready: see {ServerLog.PathIn(_directory)}.");
    }

    /// <summary>Null when another program was faster at the port.</summary>
    private async Task<RunningServer?> TryStartAsync(int port, bool isLastAttempt, CancellationToken cancellationToken)
    {
        var socket = ServerSocket.FolderIn(_directory, port);
        await WriteConfigurationAsync(port, socket, cancellationToken);
        var log = ServerLog.PathIn(_directory);
        ServerLog.Bound(log);
        var logged = ServerLog.Length(log);
        // On the command line, so that no ALTER SYSTEM can open the server to the network or move it.
        var fixedOptions = string.Create(CultureInfo.InvariantCulture, $"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={socket}");
        var seconds = string.Create(CultureInfo.InvariantCulture, $"{StartLimit.TotalSeconds:F0}");
        var run = await ToolRun.RunAsync(
            account.Command(installation.Tool("pg_ctl"), "start", "--wait", "--silent", "--timeout", seconds, "--pgdata", _directory, "--log", log, "--options", fixedOptions),
            cancellationToken);
        if (run.ExitCode == 0 && RunningServer.Find(_directory, time) is { } server)
            return server;

        var text = await ServerLog.ReadFromAsync(log, logged, cancellationToken);
        if (ServerLog.IsPortBusy(text) && !isLastAttempt)
            return null;

        throw new ClusterException(ServerLog.Explain(text.Length > 0 ? text : run.Error, "PostgreSQL did not start", options.DataFolder));
    }

    private async Task WriteConfigurationAsync(int port, string socket, CancellationToken cancellationToken)
    {
        var path = Path.Combine(_directory, ClusterConfiguration.FileName);
        try
        {
            await File.WriteAllTextAsync(path + ".new", ClusterConfiguration.Text(installation, options, port, socket), cancellationToken);
            File.Move(path + ".new", path, overwrite: true);
        }
        catch (IOException exception) when (DiskSpace.IsFull(exception))
        {
            throw new ClusterException(DiskSpace.Full(options.DataFolder), exception);
        }
    }
}
