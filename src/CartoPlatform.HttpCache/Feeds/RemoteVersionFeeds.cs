using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using CartoPlatform.Contracts.Caching;
using CartoPlatform.Contracts.Replicas;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.WorkspaceClient;
using CartoPlatform.WorkspaceClient.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CartoPlatform.HttpCache.Feeds;

/// <summary>Versions as another process reads them: one stream of messages for each connection that entries depend on.</summary>
internal sealed partial class RemoteVersionFeeds : IVersionFeeds, IAsyncDisposable
{
    private const int MaxOpenings = 5;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(500);

    // Messages come many times a second: so much silence is a broken connection.
    private static readonly TimeSpan MessageLimit = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan SlowOpening = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<string, Lazy<Feed>> _feeds = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private readonly HttpClient? _client;
    private readonly TimeProvider _time;
    private readonly ILogger<RemoteVersionFeeds> _logger;

    public RemoteVersionFeeds(IOptions<HttpCacheOptions> options, IOptions<InternalKeyOptions> key, TimeProvider time, ILogger<RemoteVersionFeeds> logger)
    {
        (_time, _logger) = (time, logger);
        var addresses = ReplicaUrls.Parse(options.Value.Feed, "Cache:Feed");
        if (addresses.Count == 0) return;
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ConnectTimeout = MessageLimit,
            // A stream lasts a minute, and the next may go to an instance that was not there before (a Service of Kubernetes).
            PooledConnectionLifetime = TimeSpan.Zero,
        };
        _client = new HttpClient(new ReplicaHandler(addresses, time, handler))
        {
            BaseAddress = addresses[0],
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _client.DefaultRequestHeaders.Add(InternalRoutes.KeyHeader, key.Value.InternalKey);
    }

    public VersionState? Find(string connection) =>
        _client is null ? null : _feeds.GetOrAdd(connection, name => new Lazy<Feed>(() => Begin(name))).Value.State;

    public bool IsNear => false;

    public async Task HearAsync(string connection, long since, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (!_feeds.TryGetValue(connection, out var feed)) return;
        using var timer = new CancellationTokenSource(limit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        await feed.Value.HearAsync(since, either.Token);
        cancellationToken.ThrowIfCancellationRequested();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        foreach (var feed in _feeds.Values) await feed.Value.Reading;
        _stopping.Dispose();
        _client?.Dispose();
    }

    private Feed Begin(string connection)
    {
        var feed = new Feed(_time);
        feed.Reading = Task.Run(() => RunAsync(connection, feed, _stopping.Token));
        return feed;
    }

    private async Task RunAsync(string connection, Feed feed, CancellationToken cancellationToken)
    {
        var isFirst = true;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await ReadAsync(connection, feed, cancellationToken);
                // It ends by itself once a minute.
                continue;
            }
            catch (Exception exception)
            {
                if (cancellationToken.IsCancellationRequested) return;
                if (isFirst || feed.WasHeard) LogSilence(connection, exception.Message);
                (isFirst, feed.WasHeard) = (false, false);
            }

            await Task.Delay(RetryAfter, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReadAsync(string connection, Feed feed, CancellationToken cancellationToken)
    {
        var (asked, stream) = await OpenAsync(connection, cancellationToken);
        await using var opened = stream;
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync(cancellationToken).AsTask().WaitAsync(MessageLimit, _time, cancellationToken) is { } line)
        {
            var message = JsonSerializer.Deserialize(line, CachingJson.Default.VersionMessage) ?? throw new JsonException("The message is null");
            // The sender's clock began when this was asked, or later: so much time has passed at the least.
            feed.Take(message, Math.Min(asked + (message.Milliseconds * _time.TimestampFrequency / 1_000), _time.GetTimestamp()));
        }
    }

    // All that a slow beginning takes counts as age of every word that follows: then it is begun once more.
    private async Task<(long Asked, Stream Stream)> OpenAsync(string connection, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var asked = _time.GetTimestamp();
            var stream = await _client!.GetStreamAsync(new Uri(InternalRoutes.Changes(connection), UriKind.Relative), cancellationToken);
            if (_time.GetElapsedTime(asked) < SlowOpening || attempt == MaxOpenings) return (asked, stream);
            await stream.DisposeAsync();
        }
    }

    [LoggerMessage(6101, LogLevel.Warning, "Changes of the connection {Connection} are not heard: {Reason}")]
    private partial void LogSilence(string connection, string reason);

    private sealed class Feed(TimeProvider time)
    {
        private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public VersionState? State { get; private set; }

        public bool WasHeard { get; set; }

        public Task Reading { get; set; } = Task.CompletedTask;

        public void Take(VersionMessage message, long heardAt)
        {
            WasHeard = true;
            if (State is { } before && !message.IsComplete && message.Versions.Count > 0) CacheTelemetry.CountChange(time.GetElapsedTime(before.HeardAt));
            var known = message.IsComplete || State is null ? ImmutableDictionary<uint, long>.Empty : State.Versions;
            State = new VersionState(
                message.Incarnation, known.SetItems(message.Versions.Select(version => KeyValuePair.Create(version.Relation, version.Version))), heardAt);
            Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        }

        public async Task HearAsync(long since, CancellationToken cancellationToken)
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                var next = Volatile.Read(ref _next);
                if (State is { } state && state.HeardAt >= since) return;
                await next.Task.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
