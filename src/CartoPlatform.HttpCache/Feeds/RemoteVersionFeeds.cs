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
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(500);

    // Messages come ten times a second: so much silence is a broken connection.
    private static readonly TimeSpan MessageLimit = TimeSpan.FromSeconds(5);

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
        var handler = new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, ConnectTimeout = MessageLimit };
        _client = new HttpClient(new ReplicaHandler(addresses, time, handler))
        {
            BaseAddress = addresses[0],
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _client.DefaultRequestHeaders.Add(InternalRoutes.KeyHeader, key.Value.InternalKey);
    }

    public VersionState? Find(string connection) =>
        _client is null ? null : _feeds.GetOrAdd(connection, name => new Lazy<Feed>(() => Begin(name))).Value.State;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        foreach (var feed in _feeds.Values) await feed.Value.Reading;
        _stopping.Dispose();
        _client?.Dispose();
    }

    private Feed Begin(string connection)
    {
        var feed = new Feed();
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
        await using var stream = await _client!.GetStreamAsync(new Uri(InternalRoutes.Changes(connection), UriKind.Relative), cancellationToken);
        using var reader = new StreamReader(stream);
        var begun = new FeedClock(_time);
        while (await reader.ReadLineAsync(cancellationToken).AsTask().WaitAsync(MessageLimit, _time, cancellationToken) is { } line)
        {
            var message = JsonSerializer.Deserialize(line, CachingJson.Default.VersionMessage) ?? throw new JsonException("The message is null");
            feed.Take(message, begun.ToLocal(message.Milliseconds));
        }
    }

    [LoggerMessage(6101, LogLevel.Warning, "Changes of the connection {Connection} are not heard: {Reason}")]
    private partial void LogSilence(string connection, string reason);

    private sealed class Feed
    {
        public VersionState? State { get; private set; }

        public bool WasHeard { get; set; }

        public Task Reading { get; set; } = Task.CompletedTask;

        public void Take(VersionMessage message, long heardAt)
        {
            WasHeard = true;
            var known = message.IsComplete || State is null ? ImmutableDictionary<uint, long>.Empty : State.Versions;
            State = new VersionState(
                message.Incarnation, known.SetItems(message.Versions.Select(version => KeyValuePair.Create(version.Relation, version.Version))), heardAt);
        }
    }
}

/// <summary>
/// Brings the sender's times to this process's clock. The message that was quickest shows how the clocks differ; one that waited
/// on the way, because this process was stopped say, then counts as old as it is.
/// </summary>
internal sealed class FeedClock(TimeProvider time)
{
    private readonly long _began = time.GetTimestamp();
    private double? _difference;

    public long ToLocal(long milliseconds)
    {
        var difference = time.GetElapsedTime(_began).TotalMilliseconds - milliseconds;
        _difference = _difference is { } least && least < difference ? least : difference;
        return _began + (long)((_difference.Value + milliseconds) / 1_000 * time.TimestampFrequency);
    }
}
