using System.Threading.Channels;
using CartoPlatform.HttpCache.Entries;
using CartoPlatform.HttpCache.Keys;
using CartoPlatform.HttpCache.Purging;
using CartoPlatform.Redis;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace CartoPlatform.HttpCache.Sharing;

/// <summary>
/// Entries in Redis, for the other replicas and for after a restart. Written behind, from a queue that drops what it cannot hold; a look
/// waits a moment at the most, and after one that took too long none is tried for a while. Whether what is found may answer is judged
/// as with every entry, so that old data in Redis do no harm.
/// </summary>
internal sealed class SharedStore(RedisConnection redis, EntryJudge judge, IOptions<HttpCacheOptions> options, TimeProvider time) : BackgroundService
{
    private const string EntryPrefix = "cache:entry:";
    private const int MaxWaiting = 256;

    private static readonly TimeSpan FetchLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // The entry of whoever holds the turn, and the end of the turn in the same step: one whose turn has run out stores nothing.
    private const string LandScript = """
        if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
        redis.call('set', KEYS[2], ARGV[2], 'px', ARGV[3])
        redis.call('del', KEYS[1])
        redis.call('publish', ARGV[4], ARGV[5])
        return 1
        """;

    private readonly Channel<(CacheEntry Entry, string? Turn)> _waiting = Channel.CreateBounded<(CacheEntry, string?)>(
        new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });

    private long _pausedAt = long.MinValue;
    private long _dropped;

    public bool IsConfigured => redis.IsConfigured;

    /// <summary>Entries that were not written because too many waited.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    public static string EntryName(CacheKey key) => $"{EntryPrefix}{key}";

    /// <summary>A cache behind another one asks in a turn of its own: the one in front waits for it in his.</summary>
    public string TurnName(CacheKey key) => $"cache:turn:{(options.Value.IsInner ? "inner:" : "")}{key}";

    /// <summary>What another replica, or this one before its restart, has kept; null where there is nothing or Redis does not say.</summary>
    public Task<CacheEntry?> FindAsync(CacheKey key, CancellationToken cancellationToken) =>
        IsPaused ? Task.FromResult<CacheEntry?>(null) : FindAsync(key, options.Value.SharedLookLimit, cancellationToken);

    /// <summary>The same of what is known to be there: it is worth a longer wait, as the origin takes longer still.</summary>
    public Task<CacheEntry?> FetchAsync(CacheKey key, CancellationToken cancellationToken) => FindAsync(key, FetchLimit, cancellationToken);

    private async Task<CacheEntry?> FindAsync(CacheKey key, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (!redis.IsConnected) return null;
        var asked = redis.TryAsync<RedisValueWithExpiry?>(async database => await database.StringGetWithExpiryAsync(redis.Key(EntryName(key))));
        try
        {
            if (await asked.WaitAsync(limit, time, cancellationToken) is not { } found || found.Value.IsNull || found.Expiry is not { } remaining) return null;
            return EntryFormat.Read(key, (byte[])found.Value!, remaining, time);
        }
        catch (TimeoutException)
        {
            Interlocked.Exchange(ref _pausedAt, time.GetTimestamp());
            return null;
        }
    }

    /// <summary>Has it written when there is time.</summary>
    /// <param name="entry">What was made.</param>
    /// <param name="turn">The turn in which it was made, which ends with it; null without one.</param>
    /// <returns>False where it will not be: it is too large, or too many wait.</returns>
    public bool Offer(CacheEntry entry, string? turn)
    {
        if (!redis.IsConnected || entry.Bytes > options.Value.MaxSharedObjectBytes || entry.Declaration.LifetimeSeconds <= 0) return false;
        if (_waiting.Writer.TryWrite((entry, turn))) return true;
        Interlocked.Increment(ref _dropped);
        return false;
    }

    /// <summary>Removes what an order names; how many there were.</summary>
    public async Task<int> PurgeAsync(PurgeOrder order, CancellationToken cancellationToken)
    {
        var removed = 0;
        if (!order.Everything && order.Tags.Count == 0)
        {
            foreach (var key in order.Keys)
            {
                if (await redis.TryAsync(database => database.KeyDeleteAsync(redis.Key($"{EntryPrefix}{key}")))) removed++;
            }

            return removed;
        }

        var cursor = "0";
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = await redis.TryAsync(database => database.ExecuteAsync("SCAN", cursor, "MATCH", (string)redis.Key($"{EntryPrefix}*")!, "COUNT", 500));
            if ((RedisResult[]?)page is not [var next, var keys]) return removed;
            cursor = (string)next!;
            foreach (var key in (RedisKey[])keys!)
            {
                if (await IsNamedAsync(order, key) && await redis.TryAsync(database => database.KeyDeleteAsync(key))) removed++;
            }
        }
        while (cursor != "0");

        return removed;
    }

    private async Task<bool> IsNamedAsync(PurgeOrder order, RedisKey key)
    {
        if (order.Everything) return true;
        var bytes = await redis.TryAsync<byte[]?>(async database => (byte[]?)await database.StringGetAsync(key));
        // What cannot be read is of no use to anybody.
        return bytes is not null && (EntryFormat.Read(default, bytes, TimeSpan.Zero, time) is not { } entry || Purges.Names(order, entry));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!redis.IsConfigured) return;
        await foreach (var (entry, turn) in _waiting.Reader.ReadAllAsync(stoppingToken)) await WriteAsync(entry, turn);
    }

    /// <summary>Redis has just taken too long: nobody asks it for a while.</summary>
    public bool IsPaused => Interlocked.Read(ref _pausedAt) is > long.MinValue and var at && time.GetElapsedTime(at) < Pause;

    private async Task WriteAsync(CacheEntry entry, string? turn)
    {
        var age = judge.AgeOf(entry);
        var remaining = TimeSpan.FromSeconds(entry.Declaration.LifetimeSeconds) - age;
        if (remaining > options.Value.SharedLifetime) remaining = options.Value.SharedLifetime;
        if (remaining <= TimeSpan.Zero || redis.Database is null) return;
        var bytes = EntryFormat.Write(entry, age, remaining);
        if (turn is null)
        {
            await redis.TryAsync(database => database.StringSetAsync(redis.Key(EntryName(entry.Key)), bytes, remaining, When.NotExists));
            return;
        }

        await redis.TryAsync(database => database.ScriptEvaluateAsync(
            LandScript,
            [redis.Key(TurnName(entry.Key)), redis.Key(EntryName(entry.Key))],
            [turn, bytes, (long)remaining.TotalMilliseconds, redis.Channel(SharedTurns.Channel), SharedTurns.Landed(entry.Key, hasEntry: true)]));
    }
}
