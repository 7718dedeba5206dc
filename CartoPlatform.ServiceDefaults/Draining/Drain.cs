using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace CartoPlatform.ServiceDefaults.Draining;

/// <summary>The time between the wish to end and the end of listening.</summary>
internal sealed class Drain(IOptions<DrainOptions> options, TimeProvider time) : IHostedLifecycleService, IDisposable
{
    private readonly CancellationTokenSource _skip = new();
    private volatile bool _hasBegun;

    public bool HasBegun => _hasBegun;

    /// <summary>Nobody is left who could send requests elsewhere.</summary>
    public void Skip() => _skip.Cancel();

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        _hasBegun = true;
        if (options.Value.Time == TimeSpan.Zero) return;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _skip.Token);
        await Task.Delay(options.Value.Time, time, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _skip.Dispose();
}
