namespace CartoPlatform.Topology.Running;

/// <summary>Runs the services of a topology as child processes on this machine.</summary>
public sealed class ProcessRunner : IDisposable
{
    private readonly HealthProbe _health;
    private readonly IReadOnlyList<ServiceKeeper> _keepers;
    private readonly TopologySpec _topology;
    private readonly Action _changed;

    /// <param name="topology">What to run.</param>
    /// <param name="settings">Where, and with which values.</param>
    /// <param name="report">Takes sentences about services that die.</param>
    /// <param name="changed">Called when processes have come or gone.</param>
    /// <param name="time">The clock of waits and pauses.</param>
    public ProcessRunner(TopologySpec topology, RunSettings settings, IProgress<string> report, Action changed, TimeProvider time)
    {
        Directory.CreateDirectory(settings.LogFolder);
        _topology = topology;
        _changed = changed;
        _health = new HealthProbe(time);
        var instances = InstancePlan.For(topology, settings);
        _keepers = [.. instances.Select(instance => new ServiceKeeper(instance, instances.Count(other => other.Of == instance.Of) > 1, _health, report, changed, time))];
    }

    public IReadOnlyList<RunningService> Services => [.. _keepers.Select(keeper => keeper.Service)];

    /// <summary>Where callers reach the platform.</summary>
    public RunningService Entry => _keepers.First(keeper => keeper.Of == _topology.Entry).Service;

    /// <summary>Starts everything in the order of dependencies; returns when all of it is ready.</summary>
    /// <exception cref="ServiceException">A service ended or did not become ready. Call <see cref="StopAsync"/> for the others.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var group in StartOrder())
        {
            var together = new ParallelOptions { MaxDegreeOfParallelism = _keepers.Count, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(group, together, async (keeper, token) => await keeper.StartAsync(token));
        }
    }

    /// <summary>Starts services again when they die. Ends, with a <see cref="ServiceException"/>, when one cannot be kept running.</summary>
    public async Task WatchAsync(CancellationToken cancellationToken) =>
        await await Task.WhenAny(_keepers.Select(keeper => keeper.WatchAsync())).WaitAsync(cancellationToken);

    /// <summary>Stops everything, callers' end first, so that no request meets a missing service.</summary>
    public async Task StopAsync()
    {
        foreach (var group in StartOrder().Reverse())
            await Task.WhenAll(group.Select(keeper => keeper.StopAsync()));
        _changed();
    }

    public void Dispose()
    {
        foreach (var keeper in _keepers)
            keeper.Dispose();
        _health.Dispose();
    }

    private IEnumerable<IReadOnlyList<ServiceKeeper>> StartOrder() =>
        _topology.StartOrderOfStores().Select(group => group.Select(store => store.Name))
            .Concat(_topology.StartOrder().Select(group => group.Select(service => service.Name)))
            .Select(names => (IReadOnlyList<ServiceKeeper>)[.. _keepers.Where(keeper => names.Contains(keeper.Of, StringComparer.Ordinal))]);
}
