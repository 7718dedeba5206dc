using System.Collections.Concurrent;
using CartoPlatform.Contracts.Caching;
using CartoPlatform.PostGis.Connections;
using Microsoft.Extensions.Logging;

namespace CartoPlatform.PostGis.Changes;

/// <summary>The versions of every connection that somebody has asked for, polled from its database.</summary>
public sealed partial class ChangeFeeds(ConnectionPools pools, TimeProvider time, ILogger<ChangeFeeds> logger) : IVersionFeeds, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Watched> _watched = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();

    private int _isDisposed;

    public VersionState? Find(string connection) =>
        _watched.TryGetValue(connection, out var watched) ? watched.Poller?.State : Begin(connection);

    public bool IsNear => true;

    /// <summary>The connections that somebody has asked for, and what is known of them.</summary>
    internal IEnumerable<(string Connection, VersionState? State)> Followed => _watched.Select(pair => (pair.Key, pair.Value.Poller?.State));

    public async Task HearAsync(string connection, long since, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (!_watched.TryGetValue(connection, out var watched) || watched.Poller is not { } poller) return;
        using var timer = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        await poller.HearAsync(since, either.Token);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Waits for the next word, but no longer than the limit.</summary>
    public async Task NextAsync(string connection, TimeSpan limit, CancellationToken cancellationToken)
    {
        var next = _watched.TryGetValue(connection, out var watched) && watched.Poller is { } poller
            ? poller.Next
            : Task.Delay(limit, time, cancellationToken);
        await next.WaitAsync(limit, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    public async ValueTask DisposeAsync()
    {
        // A container disposes of one object once for each of its registrations.
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        await _stopping.CancelAsync();
        foreach (var watched in _watched.Values) await watched.DisposeAsync();
        _stopping.Dispose();
    }

    private VersionState? Begin(string connection)
    {
        _watched.GetOrAdd(connection, name => new Watched()).BeginOnce(watched => FollowAsync(connection, watched));
        return null;
    }

    // A changed connection is another database perhaps: its poller is replaced within a second.
    private async Task FollowAsync(string connection, Watched watched)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var pool = await pools.FindAsync(connection, _stopping.Token);
                if (pool != watched.Pool) await watched.ReplaceAsync(pool, pool is null ? null : new ChangePoller(pool.Record, pool.Servers, time, logger));
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // The Workspace API is away: the poller that there is goes on.
                LogMessages.CannotFollow(logger, connection, exception.Message);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(TimeSpan.FromSeconds(1), time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private sealed class Watched : IAsyncDisposable
    {
        private int _begun;
        private Task _following = Task.CompletedTask;

        public DatabasePool? Pool { get; private set; }

        public ChangePoller? Poller { get; private set; }

        public void BeginOnce(Func<Watched, Task> follow)
        {
            if (Interlocked.Exchange(ref _begun, 1) == 0) _following = Task.Run(() => follow(this));
        }

        public async Task ReplaceAsync(DatabasePool? pool, ChangePoller? poller)
        {
            var old = Poller;
            Pool?.Versions.Follow(null);
            (Pool, Poller) = (pool, poller);
            Pool?.Versions.Follow(poller);
            if (old is not null) await old.DisposeAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await _following;
            Pool?.Versions.Follow(null);
            if (Poller is not null) await Poller.DisposeAsync();
        }
    }

    private static partial class LogMessages
    {
        [LoggerMessage(2102, LogLevel.Debug, "The connection {Connection} cannot be looked up: {Reason}")]
        public static partial void CannotFollow(ILogger logger, string connection, string reason);
    }
}
