using CartoPlatform.Cli.Platforms;
using CartoPlatform.EmbeddedPostGis;
using CartoPlatform.EmbeddedPostGis.Clusters;
using CartoPlatform.EmbeddedPostGis.Replicas;

namespace CartoPlatform.Cli.Supervision;

/// <summary>Keeps the read replicas of the embedded database running: one that dies is copied anew.</summary>
internal sealed class ReplicaKeeper(DataFolder data, IProgress<string> report, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(10);

    private IReadOnlyList<int> _ports = [];
    private StreamingReplica?[] _replicas = [];

    /// <summary>Where each answers, for as long as the platform runs.</summary>
    public IReadOnlyList<ClusterConnections> Connections => [.. _ports.Select(port => new ClusterConnections(port, data.Secrets()))];

    public async Task StartAsync(int count, EmbeddedCluster primary, CancellationToken cancellationToken)
    {
        await StreamingReplica.RemoveAllAsync(data.Path, time, cancellationToken);
        if (count == 0) return;

        report.Report($"Copying the database for {count} read replicas.");
        _ports = [.. Enumerable.Range(0, count).Select(_ => FreePort.Find())];
        _replicas = await Task.WhenAll(Enumerable.Range(0, count).Select(index => StartOneAsync(index, primary, cancellationToken)));
    }

    /// <summary>Ends only by cancellation: what a missing replica answers the primary answers too.</summary>
    public async Task WatchAsync(Func<EmbeddedCluster> primary, CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(CheckInterval, time, cancellationToken);
            for (var index = 0; index < _replicas.Length; index++)
            {
                if (_replicas[index] is { IsAlive: true }) continue;
                _replicas[index] = await TryRestartAsync(index, primary(), cancellationToken);
                if (_replicas[index] is null) await Task.Delay(PauseAfterFailure, time, cancellationToken);
            }
        }
    }

    public async ValueTask DisposeAsync() => await StreamingReplica.RemoveAllAsync(data.Path, time, CancellationToken.None);

    private async Task<StreamingReplica?> TryRestartAsync(int index, EmbeddedCluster primary, CancellationToken cancellationToken)
    {
        report.Report($"Read replica {index + 1} has died; it is copied anew.");
        try
        {
            return await StartOneAsync(index, primary, cancellationToken);
        }
        catch (Exception exception) when (exception is ClusterException or IOException)
        {
            report.Report(exception.Message);
            return null;
        }
    }

    private async Task<StreamingReplica?> StartOneAsync(int index, EmbeddedCluster primary, CancellationToken cancellationToken) =>
        await StreamingReplica.StartAsync(data.ClusterOptions(), primary, index + 1, _ports[index], time, cancellationToken);
}
