using CartoPlatform.HttpCache.Entries;

namespace CartoPlatform.HttpCache.Flights;

/// <summary>
/// One request to the origin that several callers wait for. Each may leave; when the last one has, the request is cancelled.
/// </summary>
internal sealed class Flight(long startedAt) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource<CacheEntry?> _landing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _leaving = new();
    private int _passengers = 1;
    private bool _isOver;

    /// <summary>Timestamp from before the origin was asked.</summary>
    public long StartedAt => startedAt;

    /// <summary>Cancelled when nobody waits any more.</summary>
    public CancellationToken Cancelled => _leaving.Token;

    /// <summary>The answer; null where it cannot be shared.</summary>
    public Task<CacheEntry?> Landing => _landing.Task;

    /// <summary>What came of it.</summary>
    public FlightResult Result { get; set; }

    /// <summary>The origin has failed, and what was kept stands in.</summary>
    public bool IsStale => Result == FlightResult.Stale;

    /// <returns>False when it is over, or given up.</returns>
    public bool TryJoin()
    {
        lock (_gate)
        {
            if (_isOver || _passengers == 0) return false;
            _passengers++;
            return true;
        }
    }

    public void Leave()
    {
        lock (_gate)
        {
            if (_isOver || --_passengers > 0) return;
        }

        try
        {
            _leaving.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended between the two.
        }
    }

    public void Land(CacheEntry? answer)
    {
        lock (_gate) _isOver = true;
        _landing.TrySetResult(answer);
    }

    public void Dispose() => _leaving.Dispose();
}
