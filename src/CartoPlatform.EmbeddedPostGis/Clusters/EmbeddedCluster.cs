using CartoPlatform.EmbeddedPostGis.Binaries;
using CartoPlatform.EmbeddedPostGis.Containers;
using CartoPlatform.EmbeddedPostGis.Processes;
using CartoPlatform.EmbeddedPostGis.Provisioning;
using CartoPlatform.EmbeddedPostGis.Secrets;

namespace CartoPlatform.EmbeddedPostGis.Clusters;

/// <summary>The private PostGIS of one data folder, with the platform's roles and databases in it.</summary>
public sealed class EmbeddedCluster
{
    private readonly IDatabaseServer _server;

    private EmbeddedCluster(IDatabaseServer server, ClusterConnections connections)
    {
        _server = server;
        Connections = connections;
    }

    public ClusterConnections Connections { get; }

    public int Port => _server.Port;

    /// <summary>Null where the server is out of sight, in a container of another (virtual) machine.</summary>
    public ProcessIdentity? Process => _server.Process;

    public bool IsAlive => _server.IsAlive;

    /// <inheritdoc cref="IDatabaseServer.SocketFolder"/>
    public string? SocketFolder => _server.SocketFolder;

    /// <summary>
    /// Starts the cluster of a data folder, making it first where there is none, or adopts one that still runs.
    /// It is of the machine's own PostgreSQL, or, where there is none and a container engine answers, in a container.
    /// Sentences for the person who waits go to <paramref name="report"/>.
    /// </summary>
    /// <exception cref="ClusterException">It cannot be had; nothing in the data folder is lost.</exception>
    public static async Task<EmbeddedCluster> StartAsync(ClusterOptions options, IProgress<string> report, TimeProvider time, CancellationToken cancellationToken)
    {
        var secrets = new SecretFolder(options.DataFolder);
        var server = await IsForContainerAsync(options.DataFolder, time, cancellationToken)
            ? await new ContainerStart(options, PlatformLogins.Admin(secrets), report, time).RunAsync(cancellationToken)
            : await StartNativeAsync(options, PlatformLogins.Admin(secrets), report, time, cancellationToken);
        var connections = new ClusterConnections(server.Port, secrets);
        await PlatformProvisioning.EnsureAsync(connections, secrets, cancellationToken);
        return new EmbeddedCluster(server, connections);
    }

    /// <summary>The version of PostgreSQL that a data folder is bound to; null where there is no database yet.</summary>
    public static int? MajorOf(string dataFolder) => ClusterLocation.Exists(dataFolder) ? ClusterLocation.Major(dataFolder) : null;

    /// <summary>The container that holds the database of a data folder; null where it is not in one.</summary>
    public static string? ContainerOf(string dataFolder) => ContainerMark.Read(dataFolder)?.Name;

    /// <summary>Clusters that lie outside of their data folders, whose data folders are gone.</summary>
    public static IReadOnlyList<string> Forgotten() => ClusterLocation.Forgotten();

    /// <summary>Stops whatever server runs on the data folder. False when there was none.</summary>
    public static async Task<bool> StopLeftOverAsync(string dataFolder, TimeProvider time, CancellationToken cancellationToken)
    {
        if (await ContainerServer.FindInAsync(dataFolder, cancellationToken) is { } container)
        {
            await container.StopAsync(cancellationToken);
            return true;
        }

        var directory = ClusterLocation.In(dataFolder);
        if (RunningServer.Find(directory, time) is not { } server)
            return Directory.Exists(directory) && await LeftOverServer.RemoveAsync(directory, time, cancellationToken) is not null;

        await server.StopAsync(cancellationToken);
        return true;
    }

    /// <summary>Removes the database of a data folder for good. It must not run.</summary>
    public static async Task RemoveAsync(string dataFolder, CancellationToken cancellationToken)
    {
        if (ContainerMark.Read(dataFolder) is { } mark)
        {
            await ContainerEngine.RunAsync(["rm", "--force", mark.Name], cancellationToken);
            await ContainerEngine.RunAsync(["volume", "rm", mark.Name], cancellationToken);
        }

        ClusterLocation.Remove(dataFolder);
    }

    /// <summary>Ends all sessions, writes everything out and stops the server.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _server.StopAsync(cancellationToken);

    /// <summary>Keeps the server's log within its bounds; to be called now and then.</summary>
    public void BoundLog() => _server.BoundLog();

    private static async Task<bool> IsForContainerAsync(string dataFolder, TimeProvider time, CancellationToken cancellationToken)
    {
        if (ClusterLocation.Exists(dataFolder))
            return false;

        return ContainerMark.Read(dataFolder) is not null
            || (!(await PostgresInstallations.FindAsync(cancellationToken)).Any(found => found.IsUsable) && await ContainerEngine.AnswersAsync(time, cancellationToken));
    }

    private static async Task<IDatabaseServer> StartNativeAsync(ClusterOptions options, Login admin, IProgress<string> report, TimeProvider time, CancellationToken cancellationToken)
    {
        var major = MajorOf(options.DataFolder);
        var installation = PostgresInstallations.Choose(await PostgresInstallations.FindAsync(cancellationToken), major);
        var account = await ServerAccount.ChooseAsync(ClusterLocation.In(options.DataFolder), cancellationToken);
        if (major is null)
        {
            report.Report($"Making the database: {installation}, in {ClusterLocation.In(options.DataFolder)}.");
            await new ClusterInitializer(installation, account, options).InitializeAsync(admin.Name, admin.Password, report, cancellationToken);
        }

        return await new NativeServer(installation, account, options, time).StartAsync(report, cancellationToken);
    }
}
