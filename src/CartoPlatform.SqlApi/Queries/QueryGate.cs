using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace CartoPlatform.SqlApi.Queries;

/// <summary>
/// Lets a few queries of each connection run at a time and a bounded number wait. Tiles use the same pool of connections: however many
/// slow queries come, some connections stay free for them.
/// </summary>
internal sealed class QueryGate(IOptions<QueryLimits> options, TimeProvider time) : IAsyncDisposable
{
    private readonly QueryLimits _limits = options.Value;

    private readonly PartitionedRateLimiter<Guid> _limiter = PartitionedRateLimiter.Create<Guid, Guid>(connection =>
        RateLimitPartition.GetConcurrencyLimiter(connection, _ => new ConcurrencyLimiterOptions
        {
            PermitLimit = options.Value.MaxConcurrent,
            QueueLimit = options.Value.MaxWaiting,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        }));

    /// <returns>The right to run, until disposed; null where too many wait, or the wait has been too long.</returns>
    public async ValueTask<RateLimitLease?> EnterAsync(Guid connection, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_limits.WaitLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            var lease = await _limiter.AcquireAsync(connection, 1, either.Token);
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
}
