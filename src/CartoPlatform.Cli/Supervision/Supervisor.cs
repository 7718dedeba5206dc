using CartoPlatform.Cli.Platforms;
using CartoPlatform.Cli.Samples;
using CartoPlatform.EmbeddedPostGis.Clusters;
using CartoPlatform.Topology;
using CartoPlatform.Topology.Running;

namespace CartoPlatform.Cli.Supervision;

/// <summary>
/// Runs one platform from start to end: database, sample data, services. Whatever ends it, everything it started is stopped,
/// and what a killed one left behind is taken over or cleaned up.
/// </summary>
internal sealed class Supervisor(PlatformSettings settings, TopologySpec topology, bool loadSamples, IProgress<string> report, TimeProvider time)
{
    /// <summary>Settings of the services' own, which they inherit: somebody else's Redis in place of the topology's.</summary>
    private static readonly string[] RedisOutside = ["Redis__ConnectionString", "Redis__Sentinels__0"];

    /// <summary>Returns when <paramref name="cancellationToken"/> asks for the end, after <paramref name="ready"/> was called.</summary>
    public async Task RunAsync(Action<RunRecord> ready, CancellationToken cancellationToken)
    {
        settings.Data.Create();
        using var held = PlatformLock.TryTake(settings.Data)
            ?? throw new CommandException($"Another platform holds {settings.Data.Path}: stop it with ./carto down.");

        await LeftOvers.EndServicesAsync(settings.Data, report, time, cancellationToken);
        RequireFreePort();
        using var record = new RunJournal(settings, topology, time);
        var external = await ExternalDatabase.PrepareAsync(settings.Data, report, cancellationToken);
        await using var database = external is null ? await DatabaseKeeper.StartAsync(settings.Data, report, time, cancellationToken) : null;
        if (database is not null) record.Database(database.Cluster);
        var connections = external ?? database!.Cluster.Connections; // One of the two is there.
        if (loadSamples)
            await SampleData.LoadOnceAsync(settings.Data, connections.Owner, cancellationToken);

        await using var replicas = new ReplicaKeeper(settings.Data, report, time);
        if (database is not null) await replicas.StartAsync(topology.Store(StoreNames.PostGisReplica)?.Replicas ?? 0, database.Cluster, cancellationToken);
        using var runner = new ProcessRunner(topology, RunSettingsFor(connections, database?.Cluster.SocketFolder, replicas.Connections), report, record.Services, time);
        record.Runner = runner;
        try
        {
            await runner.StartAsync(cancellationToken);
            // Said before it is recorded: who waits for the record then finds everything said.
            ready(record.Current);
            record.Ready();
            await UntilAskedAsync(runner, database, replicas, record, cancellationToken);
        }
        finally
        {
            record.Stopping();
            await runner.StopAsync();
        }
    }

    private static async Task UntilAskedAsync(
        ProcessRunner runner, DatabaseKeeper? database, ReplicaKeeper replicas, RunJournal record, CancellationToken cancellationToken)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watching = new List<Task> { runner.WatchAsync(both.Token) };
        // A database outside is its operator's to keep.
        if (database is not null) watching.AddRange([database.WatchAsync(record.Database, both.Token), replicas.WatchAsync(() => database.Cluster, both.Token)]);
        var first = await Task.WhenAny(watching);
        await both.CancelAsync();
        if (!cancellationToken.IsCancellationRequested)
            await first;
    }

    private void RequireFreePort()
    {
        if (PortProblem.Of(settings) is { } problem)
            throw new CommandException(problem + ".");
    }

    private RunSettings RunSettingsFor(ClusterConnections connections, string? socketFolder, IReadOnlyList<ClusterConnections> replicas)
    {
        var secrets = settings.Data.Secrets();
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [Reference.InternalKey] = secrets.Password("internal-key"),
            [Reference.SigningKey] = secrets.Key("tokens-signing-key"),
            [Reference.MetadataConnection] = connections.Metadata,
            [Reference.ReaderConnection] = connections.Reader,
            [Reference.WriterConnection] = connections.Owner,
            [Reference.RedisPassword] = secrets.Password("redis-password"),
            [Reference.OwnerTokenFile] = settings.Data.OwnerTokenFile,
        };
        if (RepositoryLayout.Pages is { } pages)
            values[Reference.PagesFolder] = pages;
        if (socketFolder is not null)
            values[Reference.SocketFolder] = socketFolder;
        for (var index = 0; index < replicas.Count; index++)
            values[Reference.ReplicaConnection(index + 1)] = replicas[index].Reader;

        return new RunSettings
        {
            Bind = settings.Bind,
            Port = settings.Port,
            BinaryFolder = RepositoryLayout.BinaryFolder,
            LogFolder = settings.Data.Logs,
            StateFolder = settings.Data.State,
            Topology = topology.Name,
            HasRedisOutside = RedisOutside.Any(name => Environment.GetEnvironmentVariable(name) is { Length: > 0 }),
            FindPort = FreePort.Find,
            Values = values,
        };
    }
}
