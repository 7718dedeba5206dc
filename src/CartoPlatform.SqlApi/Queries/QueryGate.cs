using System.Threading.RateLimiting;
using CartoPlatform.Auth;
using Microsoft.Extensions.Options;

namespace CartoPlatform.SqlApi.Queries;

/// <summary>
/// Lets a few queries of each connection run at a time and a bounded number wait. Tiles use the same pool of connections: however many
/// slow queries come, some connections stay free for them. One token never has all the turns: whoever holds the public one of a map
/// cannot keep everybody else out.
/// </summary>
internal sealed class QueryGate(IOptions<QueryLimits> options, TimeProvider time) : IAsyncDisposable
{
    private readonly QueryLimits _limits = options.Value;

    private readonly PartitionedRateLimiter<Turn> _limiter = PartitionedRateLimiter.CreateChained(
        Limit(turn => turn, Math.Max(1, options.Value.MaxConcurrent - 1), options.Value.MaxWaiting),
        Limit(turn => turn.Connection, options.Value.MaxConcurrent, options.Value.MaxWaiting));

    /// <returns>The right to run, until disposed; null where too many wait, or the wait has been too long.</returns>
    public async ValueTask<RateLimitLease?> EnterAsync(Guid connection, Principal principal, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_limits.WaitLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            var lease = await _limiter.AcquireAsync(new Turn(connection, principal.Token.HolderId), 1, either.Token);
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

    private static PartitionedRateLimiter<Turn> Limit<TKey>(Func<Turn, TKey> key, int running, int waiting)
        where TKey : notnull =>
        PartitionedRateLimiter.Create<Turn, TKey>(turn => RateLimitPartition.GetConcurrencyLimiter(key(turn), _ => new ConcurrencyLimiterOptions
        {
            PermitLimit = running,
            QueueLimit = waiting,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        }));

    private readonly record struct Turn(Guid Connection, Guid Token);
}
