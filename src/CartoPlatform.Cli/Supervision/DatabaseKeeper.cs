using CartoPlatform.Cli.Platforms;
using CartoPlatform.EmbeddedPostGis;
using CartoPlatform.EmbeddedPostGis.Clusters;
using Npgsql;

namespace CartoPlatform.Cli.Supervision;

/// <summary>Keeps the embedded database running: starts it again when it dies, as after a full disk.</summary>
internal sealed class DatabaseKeeper : IAsyncDisposable
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly DataFolder _data;
    private readonly IProgress<string> _report;
    private readonly TimeProvider _time;

    private DatabaseKeeper(DataFolder data, EmbeddedCluster cluster, IProgress<string> report, TimeProvider time)
    {
        (_data, _report, _time) = (data, report, time);
        Cluster = cluster;
    }

    public EmbeddedCluster Cluster { get; private set; }

    public static async Task<DatabaseKeeper> StartAsync(DataFolder data, IProgress<string> report, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            return new DatabaseKeeper(data, await StartClusterAsync(data, report, time, cancellationToken), report, time);
        }
        catch
        {
            // Cancelled or failed half-way: the server may be up already.
            await EmbeddedCluster.StopLeftOverAsync(data.Path, time, CancellationToken.None);
            throw;
        }
    }

    /// <summary>
    /// Calls <paramref name="restarted"/> with each new server. Ends only by cancellation, or when the database can no longer be where
    /// the services look for it.
    /// </summary>
    public async Task WatchAsync(Action<EmbeddedCluster> restarted, CancellationToken cancellationToken)
    {
        var pause = CheckInterval;
        while (true)
        {
            await Task.Delay(pause, _time, cancellationToken);
            if (Cluster.IsAlive)
            {
                BoundLog();
                pause = CheckInterval;
            }
            else if (await TryRestartAsync(cancellationToken))
            {
                restarted(Cluster);
                pause = CheckInterval;
            }
            else
            {
                pause = TimeSpan.FromSeconds(Math.Min(pause.TotalSeconds * 2, LongestPause.TotalSeconds));
            }
        }
    }

    public async ValueTask DisposeAsync() => await EmbeddedCluster.StopLeftOverAsync(_data.Path, _time, CancellationToken.None);

    private void BoundLog()
    {
        try
        {
            Cluster.BoundLog();
        }
        catch (IOException)
        {
            // A full disk: the next look tries again.
        }
    }

    private async Task<bool> TryRestartAsync(CancellationToken cancellationToken)
    {
        _report.Report("The database has died; it is started again.");
        var port = Cluster.Port;
        try
        {
            Cluster = await StartClusterAsync(_data, _report, _time, cancellationToken);
        }
        catch (Exception exception) when (exception is ClusterException or NpgsqlException or IOException)
        {
            // It may die again while it is being set up, or the disk be full: that ends one attempt, not the platform.
            _report.Report(exception.Message);
            return false;
        }

        return Cluster.Port == port
            ? true
            : throw new ClusterException($"The database had to move from port {port} to {Cluster.Port}, which another program took while it was down: start the platform again.");
    }

    private static Task<EmbeddedCluster> StartClusterAsync(DataFolder data, IProgress<string> report, TimeProvider time, CancellationToken cancellationToken) =>
        EmbeddedCluster.StartAsync(data.ClusterOptions(), report, time, cancellationToken);
}
