using CartoPlatform.Cli.Platforms;
using CartoPlatform.EmbeddedPostGis.Clusters;

namespace CartoPlatform.Cli.Backups;

/// <summary>The database of a data folder, whether its platform runs or not: one that does not is started for a while, and no platform can start meanwhile.</summary>
internal sealed class OpenedDatabase : IAsyncDisposable
{
    private readonly PlatformLock? _held;
    private readonly EmbeddedCluster? _ours;

    private OpenedDatabase(ClusterConnections connections, PlatformLock? held, EmbeddedCluster? ours) => (Connections, _held, _ours) = (connections, held, ours);

    public ClusterConnections Connections { get; }

    public static async Task<OpenedDatabase> OpenAsync(DataFolder data, IProgress<string> report, TimeProvider time, CancellationToken cancellationToken)
    {
        if (PlatformLock.Holder(data) is not null) return new OpenedDatabase(RunningDatabase.Find(data), null, null);
        return await StartAsync(data, report, time, cancellationToken);
    }

    /// <summary>For those who need it to themselves: the platform must not run.</summary>
    public static async Task<OpenedDatabase> StartAsync(DataFolder data, IProgress<string> report, TimeProvider time, CancellationToken cancellationToken)
    {
        var held = PlatformLock.TryTake(data) ?? throw new CommandException($"Another platform has just been started on {data.Path}.");
        if (ExternalDatabase.Find(data) is { } external) return new OpenedDatabase(external, held, null);
        try
        {
            var cluster = await EmbeddedCluster.StartAsync(data.ClusterOptions(), report, time, cancellationToken);
            return new OpenedDatabase(cluster.Connections, held, cluster);
        }
        catch
        {
            await EmbeddedCluster.StopLeftOverAsync(data.Path, time, CancellationToken.None);
            held.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_ours is not null) await _ours.StopAsync(CancellationToken.None);
        _held?.Dispose();
    }
}
