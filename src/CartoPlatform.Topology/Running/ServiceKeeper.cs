namespace CartoPlatform.Topology.Running;

/// <summary>Keeps one service running: starts it, waits until it is ready, and starts it again when it dies.</summary>
internal sealed class ServiceKeeper(
    ServiceInstance instance, bool hasOthers, HealthProbe health, IProgress<string> report, Action changed, TimeProvider time) : IDisposable
{
    /// <summary>Deaths in a row, each soon after its start, until we give up; never, where others of its kind carry on.</summary>
    private const int QuickDeaths = 8;

    private static readonly TimeSpan Healthy = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly ServiceLog _log = new(instance.LogFile);
    private readonly CancellationTokenSource _stopping = new();

    private ServiceProcess? _process;
    private Task _watch = Task.CompletedTask;

    public RunningService Service => new(instance.Name, instance.Url, instance.InternalUrl, _process is { HasExited: false } process ? process.Id : null);

    /// <summary>The service or store that it is an instance of.</summary>
    public string Of => instance.Of;

    /// <summary>Returns when the service is ready. One that ends before that is not started again: its settings are wrong.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _process = ServiceProcess.Start(instance, _log);
        changed();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var ready = health.WaitUntilReadyAsync(instance, limit.Token);
        var exit = _process.WaitForExitAsync(limit.Token);
        if (await Task.WhenAny(ready, exit) == exit)
        {
            await limit.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
            throw new ServiceException($"{instance.Name} ended with exit code {await exit} before it was ready: {_log.Reason ?? "it said nothing"} (see {_log.Path}).");
        }

        await ready;
        await limit.CancelAsync();
    }

    /// <summary>Ends, with an exception, only when the service cannot be kept running.</summary>
    public Task WatchAsync() => _watch = WatchAsync(_stopping.Token);

    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _watch.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        if (_process is not null)
            await _process.StopAsync(time);
    }

    public void Dispose()
    {
        _process?.Dispose();
        _log.Dispose();
        _stopping.Dispose();
    }

    private async Task WatchAsync(CancellationToken stopping)
    {
        var deaths = 0;
        while (_process is not null)
        {
            var started = time.GetTimestamp();
            var exitCode = await _process.WaitForExitAsync(stopping);
            deaths = time.GetElapsedTime(started) > Healthy ? 1 : deaths + 1;
            if (deaths > QuickDeaths && !hasOthers)
                throw new ServiceException($"{instance.Name} died {deaths} times in a row, last with exit code {exitCode}: {_log.Reason} (see {_log.Path}).");

            var pause = PauseAfter(deaths);
            report.Report($"{instance.Name} ended with exit code {exitCode}; it is started again in {pause.TotalSeconds:F0} s (see {_log.Path}).");
            changed();
            await Task.Delay(pause, time, stopping);
            _log.Forget();
            var ended = _process;
            _process = await StartAgainAsync(deaths, stopping);
            ended.Dispose();
            changed();
        }
    }

    /// <summary>A machine that is short of something refuses a process now, and has room for it a moment later.</summary>
    private async Task<ServiceProcess> StartAgainAsync(int deaths, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                return ServiceProcess.Start(instance, _log);
            }
            catch (ServiceException exception) when (++deaths <= QuickDeaths || hasOthers)
            {
                report.Report(exception.Message);
                await Task.Delay(PauseAfter(deaths), time, stopping);
            }
        }
    }

    private static TimeSpan PauseAfter(int deaths) => TimeSpan.FromSeconds(Math.Min(Math.Pow(2, deaths - 1), LongestPause.TotalSeconds));
}
