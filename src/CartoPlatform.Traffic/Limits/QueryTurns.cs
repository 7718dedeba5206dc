using System.Threading.RateLimiting;
using CartoPlatform.Contracts.Workspace;
using Microsoft.AspNetCore.Http;

namespace CartoPlatform.Traffic.Limits;

/// <summary>Lets so many queries of one caller at the databases at a time; the others wait, in the order in which they came, for a while.</summary>
public sealed class QueryTurns : IAsyncDisposable
{
    private const int RetryAfterSeconds = 1;

    private readonly PartitionedRateLimiter<Place> _places;
    private readonly SharedPlaces _shared;
    private readonly LimitTable _table;
    private readonly LimitOptions _options;
    private readonly TimeProvider _time;

    internal QueryTurns(LimitOptions options, SharedPlaces shared, TimeProvider time)
    {
        (_options, _table, _shared, _time) = (options, new LimitTable(options), shared, time);
        // Those of callers who have gone are let go by themselves.
        _places = PartitionedRateLimiter.Create<Place, Place>(place => RateLimitPartition.GetConcurrencyLimiter(
            place,
            key => new ConcurrencyLimiterOptions
            {
                PermitLimit = key.Limit,
                QueueLimit = options.MaxWaiting,
                QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
            }));
    }

    /// <summary>Waits for a turn, which ends when it is disposed of. One that was not given has answered the caller.</summary>
    public ValueTask<QueryTurn> EnterAsync(HttpContext context, TokenRecord? token, CancellationToken cancellationToken) =>
        _table.Of(token).ConcurrentQueries is { } limit
            ? EnterAsync(context, new Place(_table.CallerOf(token, context.Connection.RemoteIpAddress), limit), cancellationToken)
            : new(QueryTurn.Free);

    public ValueTask DisposeAsync() => _places.DisposeAsync();

    private async ValueTask<QueryTurn> EnterAsync(HttpContext context, Place place, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(_options.MaxWait, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        RateLimitLease? lease = null;
        try
        {
            lease = await _places.AcquireAsync(place, permitCount: 1, both.Token);
            if (!lease.IsAcquired)
            {
                lease.Dispose();
                await LimitHeaders.RefuseAsync(
                    context, StatusCodes.Status429TooManyRequests, $"Too many queries at once: {place.Limit} may run, and {_options.MaxWaiting} wait", RetryAfterSeconds);
                return QueryTurn.Refused;
            }

            return new QueryTurn(lease, await _shared.EnterAsync(place.Caller.ToString(), place.Limit, both.Token));
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            lease?.Dispose();
            await LimitHeaders.RefuseAsync(
                context, StatusCodes.Status503ServiceUnavailable, $"Too many queries at once: {place.Limit} may run, and none ended in time", RetryAfterSeconds);
            return QueryTurn.Refused;
        }
        catch
        {
            lease?.Dispose();
            throw;
        }
    }

    private readonly record struct Place(Caller Caller, int Limit);
}

/// <summary>A query may run until this is disposed of.</summary>
public readonly struct QueryTurn : IAsyncDisposable
{
    /// <summary>Where nothing is limited.</summary>
    public static readonly QueryTurn Free = new(null, null);

    internal static readonly QueryTurn Refused = new() { IsRefused = true };

    private readonly RateLimitLease? _lease;
    private readonly SharedPlace? _shared;

    internal QueryTurn(RateLimitLease? lease, SharedPlace? shared) => (_lease, _shared) = (lease, shared);

    /// <summary>The caller has been told.</summary>
    public bool IsRefused { get; private init; }

    public ValueTask DisposeAsync()
    {
        _shared?.Leave();
        _lease?.Dispose();
        return ValueTask.CompletedTask;
    }
}
