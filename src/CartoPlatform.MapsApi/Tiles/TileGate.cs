using System.Threading.RateLimiting;
using CartoPlatform.MapsApi.Sources;
using CartoPlatform.PostGis.Connections;
using Microsoft.Extensions.Options;

namespace CartoPlatform.MapsApi.Tiles;

/// <summary>
/// Lets as many tiles of a connection be made at a time as its pool has connections to spare, and a bounded number wait. One source never
/// has all the turns: however slow it is, another one's tile waits for tiles of its own kind only.
/// </summary>
internal sealed class TileGate(IOptions<TileOptions> options, IOptions<PoolOptions> pools, TimeProvider time) : IAsyncDisposable
{
    private readonly TileOptions _options = options.Value;

    private readonly PartitionedRateLimiter<Turn> _limiter = PartitionedRateLimiter.CreateChained(
        Limit(turn => turn, Math.Max(1, Running(options.Value, pools.Value) - 1), options.Value.MaxWaiting),
        Limit(turn => turn.Connection, Running(options.Value, pools.Value), options.Value.MaxWaiting));

    /// <returns>The right to make a tile of the source, until disposed; null where too many wait, or the wait has been too long.</returns>
    public async ValueTask<RateLimitLease?> EnterAsync(MapSource source, CancellationToken cancellationToken)
    {
        var turn = new Turn(source.Pool.Record.Id, source.Request.Source.GetHashCode(StringComparison.Ordinal));
        // Mostly nobody waits, and what ends a wait is not needed. Whoever waits already comes first.
        var free = _limiter.AttemptAcquire(turn);
        if (free.IsAcquired) return free;
        free.Dispose();
        using var limit = new CancellationTokenSource(_options.WaitLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            var lease = await _limiter.AcquireAsync(turn, 1, either.Token);
            if (lease.IsAcquired) return lease;
            lease.Dispose();
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    public ValueTask DisposeAsync() => _limiter.DisposeAsync();

    // One connection of the pool stays for what comes before a tile: the look-up of its source.
    private static int Running(TileOptions options, PoolOptions pools) => options.MaxConcurrent ?? Math.Max(1, pools.MaxConnections - 1);

    private static PartitionedRateLimiter<Turn> Limit<TKey>(Func<Turn, TKey> key, int running, int waiting)
        where TKey : notnull =>
        PartitionedRateLimiter.Create<Turn, TKey>(turn => RateLimitPartition.GetConcurrencyLimiter(key(turn), _ => new ConcurrencyLimiterOptions
        {
            PermitLimit = running,
            QueueLimit = waiting,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        }));

    private readonly record struct Turn(Guid Connection, int Source);
}
