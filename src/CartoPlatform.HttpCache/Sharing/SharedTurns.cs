using System.Collections.Concurrent;
using CartoPlatform.HttpCache.Entries;
using CartoPlatform.HttpCache.Keys;
using CartoPlatform.Redis;
using StackExchange.Redis;

namespace CartoPlatform.HttpCache.Sharing;

/// <summary>What a replica that wants to ask the origin is to do.</summary>
/// <param name="Token">Ask, in this turn; null for asking without one.</param>
/// <param name="Entry">Do not ask: another replica just has.</param>
internal readonly record struct SharedTurn(string? Token, CacheEntry? Entry);

/// <summary>
/// One replica at a time asks the origin for a key, and the others wait for what it gets. A turn runs out by itself unless its holder
/// renews it, so that a replica which dies costs the others no more than that; and whoever has lost his turn stores nothing any more.
/// </summary>
internal sealed class SharedTurns : IDisposable
{
    public const string Channel = "cache:landed";

    // A dead holder costs the others so much, a living one renews it three times as often.
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    private const string RenewScript = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) end return 0";

    private const string EndScript = """
        if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
        redis.call('del', KEYS[1])
        redis.call('publish', ARGV[2], ARGV[3])
        return 1
        """;

    private readonly ConcurrentDictionary<string, TaskCompletionSource<bool>> _awaited = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _held = new(StringComparer.Ordinal);
    private readonly RedisConnection _redis;
    private readonly SharedStore _store;
    private readonly TimeProvider _time;
    private readonly ITimer _renewing;

    public SharedTurns(RedisConnection redis, SharedStore store, TimeProvider time)
    {
        (_redis, _store, _time) = (redis, store, time);
        if (redis.IsConfigured) redis.Subscribe(Channel, Hear);
        _renewing = time.CreateTimer(_ => Renew(), null, Lifetime / 3, Lifetime / 3);
    }

    public static string Landed(CacheKey key, bool hasEntry) => $"{key}{(hasEntry ? '+' : '-')}";

    /// <summary>Waits for the turn, or for what another replica gets in its own.</summary>
    /// <param name="key">What is to be asked for.</param>
    /// <param name="accept">Whether an entry will do.</param>
    /// <param name="cancellationToken">Nobody waits any more.</param>
    public async Task<SharedTurn> TakeAsync(CacheKey key, Func<CacheEntry, ValueTask<bool>> accept, CancellationToken cancellationToken)
    {
        if (!_redis.IsConnected || _store.IsPaused) return default;
        var (name, token) = (_store.TurnName(key), Guid.NewGuid().ToString("N"));
        while (true)
        {
            var landing = _awaited.GetOrAdd(key.ToString(), _ => new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously));
            var taken = await _redis.TryAsync<bool?>(async database => await database.StringSetAsync(_redis.Key(name), token, Lifetime, When.NotExists)).WaitAsync(cancellationToken);
            if (taken is not false)
            {
                _awaited.TryRemove(key.ToString(), out _);
                if (taken is null) return default;
                // Its holder may have landed between the look before this and now.
                if (await _store.FetchAsync(key, cancellationToken) is { } there && await accept(there))
                {
                    End(key, token);
                    return new SharedTurn(null, there);
                }

                _held[name] = token;
                return new SharedTurn(token, null);
            }

            var hasEntry = await WaitAsync(landing.Task, cancellationToken);
            // The holder's answer cannot be shared, an error say.
            if (hasEntry is false) return default;
            if (await _store.FetchAsync(key, cancellationToken) is { } entry && await accept(entry)) return new SharedTurn(null, entry);
        }
    }

    /// <summary>It ends with what <see cref="SharedStore.Offer"/> writes.</summary>
    public void Hand(CacheKey key) => _held.TryRemove(_store.TurnName(key), out _);

    /// <summary>Ends a turn that has brought nothing to share.</summary>
    public void End(CacheKey key, string token)
    {
        var name = _store.TurnName(key);
        _held.TryRemove(name, out _);
        _ = _redis.TryAsync(database => database.ScriptEvaluateAsync(
            EndScript, [_redis.Key(name)], [token, _redis.Channel(Channel), Landed(key, hasEntry: false)]));
    }

    public void Dispose() => _renewing.Dispose();

    /// <returns>Null after a while without a word: the holder may be gone, or Redis.</returns>
    private async Task<bool?> WaitAsync(Task<bool> landing, CancellationToken cancellationToken)
    {
        try
        {
            return await landing.WaitAsync(Look, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private void Hear(RedisValue message)
    {
        if ((string?)message is not { Length: > 1 } text || !_awaited.TryRemove(text[..^1], out var landing)) return;
        landing.TrySetResult(text[^1] == '+');
    }

    private void Renew()
    {
        foreach (var (name, token) in _held)
            _ = _redis.TryAsync(database => database.ScriptEvaluateAsync(RenewScript, [_redis.Key(name)], [token, (long)Lifetime.TotalMilliseconds]));
    }
}
