using System.Globalization;
using CartoPlatform.EmbeddedPostGis.Binaries;
using CartoPlatform.EmbeddedPostGis.Clusters;
using CartoPlatform.EmbeddedPostGis.Processes;
using CartoPlatform.EmbeddedPostGis.Provisioning;
using CartoPlatform.EmbeddedPostGis.Secrets;

namespace CartoPlatform.EmbeddedPostGis.Replicas;

/// <summary>
/// A server beside the embedded cluster that follows it by streaming replication and answers reads. It is copied anew at each start
/// and removed when it stops: nothing is in it that the cluster does not have.
/// </summary>
public sealed class StreamingReplica
{
    /// <summary>A copy of a large database over loopback, and what was written meanwhile.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(10);

    private readonly RunningServer _server;

    private StreamingReplica(RunningServer server, ClusterConnections connections)
    {
        _server = server;
        Connections = connections;
    }

    /// <summary>The same logins and databases as the primary's.</summary>
    public ClusterConnections Connections { get; }

    public ProcessIdentity Process => _server.Postmaster;

    public bool IsAlive => _server.IsAlive;

    /// <exception cref="ClusterException">It cannot be had; the primary is not touched.</exception>
    public static async Task<StreamingReplica> StartAsync(
        ClusterOptions options, EmbeddedCluster primary, int number, int port, TimeProvider time, CancellationToken cancellationToken)
    {
        if (EmbeddedCluster.MajorOf(options.DataFolder) is not { } major)
            throw new ClusterException("Read replicas need a PostgreSQL of this machine, and the database runs in a container: install PostgreSQL with PostGIS, or choose another topology.");

        var installation = PostgresInstallations.Choose(await PostgresInstallations.FindAsync(cancellationToken), major);
        var account = await ServerAccount.ChooseAsync(ClusterLocation.In(options.DataFolder), cancellationToken);
        var directory = DirectoryOf(options.DataFolder, number);
        await RemoveAsync(directory, time, cancellationToken);
        var secrets = new SecretFolder(options.DataFolder);
        await CopyAsync(installation, account, primary, PlatformLogins.Admin(secrets), directory, cancellationToken);
        var server = await StartServerAsync(installation, account, directory, port, time, cancellationToken);
        return new StreamingReplica(server, new ClusterConnections(port, secrets));
    }

    /// <summary>Stops and removes every replica of a data folder, also those that a killed platform has left.</summary>
    public static async Task RemoveAllAsync(string dataFolder, TimeProvider time, CancellationToken cancellationToken)
    {
        var beside = BesideOf(dataFolder);
        var parent = Path.GetDirectoryName(beside);
        if (!Directory.Exists(parent)) return;
        foreach (var directory in Directory.GetDirectories(parent, Path.GetFileName(beside) + "*"))
            await RemoveAsync(directory, time, cancellationToken);
    }

    private static string DirectoryOf(string dataFolder, int number) =>
        BesideOf(dataFolder) + number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Beside the cluster itself, wherever that is: PostgreSQL's account can enter there.</summary>
    private static string BesideOf(string dataFolder) =>
        (LibC.RealPath(ClusterLocation.In(dataFolder)) ?? ClusterLocation.In(dataFolder)) + "-replica-";

    private static async Task RemoveAsync(string directory, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(directory)) return;
        if (RunningServer.Find(directory, time) is { } running) await running.StopAsync(cancellationToken);
        await LeftOverServer.RemoveAsync(directory, time, cancellationToken);
        Directory.Delete(directory, recursive: true);
    }

    private static async Task CopyAsync(
        PostgresInstallation installation, ServerAccount account, EmbeddedCluster primary, Login login, string directory, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        account.TakeOver(directory);
        var run = await ToolRun.RunAsync(
            account.Command(
                installation.Tool("pg_basebackup"),
                "--dbname", string.Create(CultureInfo.InvariantCulture, $"host={ClusterConnections.Host} port={primary.Port} user={login.Name} application_name=replica"),
                "--pgdata", directory, "--wal-method", "stream", "--checkpoint", "fast", "--no-sync", "--write-recovery-conf"),
            cancellationToken,
            new Dictionary<string, string> { ["PGPASSWORD"] = login.Password });
        if (run.ExitCode != 0)
            throw new ClusterException(ServerLog.Explain(run.Error, "The database could not be copied for a read replica", directory));
    }

    private static async Task<RunningServer> StartServerAsync(
        PostgresInstallation installation, ServerAccount account, string directory, int port, TimeProvider time, CancellationToken cancellationToken)
    {
        var log = ServerLog.PathIn(directory);
        File.Delete(log);
        // Several servers share what the primary's settings take for one.
        var fixedOptions = string.Create(
            CultureInfo.InvariantCulture,
            $"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c shared_buffers=64MB -c hot_standby_feedback=on -c fsync=off");
        var run = await ToolRun.RunAsync(
            account.Command(
                installation.Tool("pg_ctl"), "start", "--wait", "--silent", "--timeout", string.Create(CultureInfo.InvariantCulture, $"{StartLimit.TotalSeconds:F0}"),
                "--pgdata", directory, "--log", log, "--options", fixedOptions),
            cancellationToken);
        if (run.ExitCode == 0 && RunningServer.Find(directory, time) is { } server)
            return server;

        var text = await ServerLog.ReadFromAsync(log, 0, cancellationToken);
        throw new ClusterException(ServerLog.Explain(text.Length > 0 ? text : run.Error, "The read replica did not start", directory));
    }
}
