using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace CartoPlatform.Redis;

/// <summary>
/// The process's connection to Redis. It is made in the background and again whenever it is lost; nobody ever waits for it, and nobody
/// needs it to be there.
/// </summary>
public sealed partial class RedisConnection : IAsyncDisposable
{
    // Echoes that may be missed one after the other.
    private const int DeafAfter = 3;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly RedisOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<RedisConnection> _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly List<(RedisChannel Channel, Action<RedisChannel, RedisValue> Heard)> _subscriptions = [];
    private readonly Task _connecting = Task.CompletedTask;
    private ConnectionMultiplexer? _multiplexer;

    public RedisConnection(IOptions<RedisOptions> options, TimeProvider time, ILogger<RedisConnection> logger)
    {
        (_options, _time, _logger) = (options.Value, time, logger);
        if (IsConfigured) _connecting = Task.Run(() => ConnectAsync(RedisAddress.Read(_options), _stopping.Token));
    }

    public bool IsConfigured => _options.IsConfigured;

    public bool IsConnected => Volatile.Read(ref _multiplexer) is { IsConnected: true };

    /// <summary>Null while there is no connection: then go on without.</summary>
    public IDatabase? Database => Volatile.Read(ref _multiplexer) is { IsConnected: true } connected ? connected.GetDatabase() : null;

    public RedisKey Key(string name) => _options.Prefix + name;

    /// <summary>The name of a channel, for a script that publishes.</summary>
    public string Channel(string name) => _options.Prefix + name;

    /// <summary>Listens from now on, across reconnections; what is said while the connection is away is not heard.</summary>
    public void Subscribe(string channel, Action<RedisValue> heard)
    {
        var subscription = (RedisChannel.Literal(_options.Prefix + channel), new Action<RedisChannel, RedisValue>((_, value) => heard(value)));
        lock (_gate)
        {
            _subscriptions.Add(subscription);
            if (_multiplexer is { } connected) Listen(connected, subscription);
        }
    }

    /// <summary>Tells all who listen; how many servers' listeners there were, null where it cannot be told.</summary>
    public Task<long?> PublishAsync(string channel, RedisValue message) =>
        TryAsync<long?>(async database => await database.PublishAsync(RedisChannel.Literal(_options.Prefix + channel), message));

    /// <summary>Asks Redis, and answers the default where it is not there, fails or takes too long.</summary>
    public async Task<T?> TryAsync<T>(Func<IDatabase, Task<T>> ask)
    {
        if (Database is not { } database) return default;
        try
        {
            return await ask(database);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or ObjectDisposedException)
        {
            LogFailure(exception.Message);
            return default;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested) return;
        await _stopping.CancelAsync();
        await _connecting;
        if (_multiplexer is not null) await _multiplexer.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task ConnectAsync(ConfigurationOptions configuration, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var connected = await ConnectionMultiplexer.ConnectAsync(configuration);
                connected.ConnectionFailed += (_, lost) => LogLoss(lost.EndPoint?.ToString() ?? "", lost.FailureType);
                connected.ConnectionRestored += (_, back) => LogReturn(back.EndPoint?.ToString() ?? "");
                if (!connected.IsConnected) LogAbsence("it does not answer");
                await UseAsync(connected);
                await UntilDeafAsync(connected, cancellationToken);
            }
            catch (Exception exception)
            {
                // Sentinels that do not answer, a password that is wrong.
                LogAbsence(exception.Message);
            }

            await Task.Delay(RetryAfter, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>In place of the one before, which goes on until then.</summary>
    private async Task UseAsync(ConnectionMultiplexer connected)
    {
        ConnectionMultiplexer? before;
        lock (_gate)
        {
            (before, _multiplexer) = (_multiplexer, connected);
            foreach (var subscription in _subscriptions) Listen(connected, subscription);
        }

        if (before is not null) await before.DisposeAsync();
    }

    /// <summary>
    /// After a fail-over the client library at times leaves a subscription with a server that is gone, and all else works: so a
    /// connection is asked whether it hears what it says itself.
    /// </summary>
    private async Task UntilDeafAsync(ConnectionMultiplexer connected, CancellationToken cancellationToken)
    {
        var echo = RedisChannel.Literal($"{_options.Prefix}echo/{Guid.NewGuid():n}");
        long heard = 0;
        Listen(connected, (echo, (_, value) => Volatile.Write(ref heard, (long)value)));
        for (long said = 0, missed = 0; missed < DeafAfter && !cancellationToken.IsCancellationRequested;)
        {
            await Task.Delay(_options.EchoInterval, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            missed = said == Volatile.Read(ref heard) ? 0 : missed + 1;
            var isSaid = connected.IsConnected && await TryAsync(async database => (bool?)(await database.PublishAsync(echo, said + 1) >= 0)) == true;
            if (isSaid) said++;
            else (said, missed) = (Volatile.Read(ref heard), 0);
        }

        if (!cancellationToken.IsCancellationRequested) LogDeafness();
    }

    // Kept by the client library from then on, and renewed with every connection.
    private static void Listen(ConnectionMultiplexer connected, (RedisChannel Channel, Action<RedisChannel, RedisValue> Heard) subscription) =>
        connected.GetSubscriber().Subscribe(subscription.Channel, subscription.Heard, CommandFlags.FireAndForget);

    [LoggerMessage(7001, LogLevel.Warning, "Redis is not there, and the platform goes on without: {Reason}")]
    private partial void LogAbsence(string reason);

    [LoggerMessage(7002, LogLevel.Warning, "The connection to Redis at {Address} is lost: {Failure}")]
    private partial void LogLoss(string address, ConnectionFailureType failure);

    [LoggerMessage(7003, LogLevel.Information, "The connection to Redis at {Address} is back")]
    private partial void LogReturn(string address);

    [LoggerMessage(7005, LogLevel.Warning, "The connection to Redis hears nothing any more, and is made anew")]
    private partial void LogDeafness();

    [LoggerMessage(7004, LogLevel.Debug, "A command of Redis failed: {Reason}")]
    private partial void LogFailure(string reason);
}
