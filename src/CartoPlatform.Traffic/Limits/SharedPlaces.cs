using CartoPlatform.Redis;

namespace CartoPlatform.Traffic.Limits;

/// <summary>
/// The queries of one caller that run anywhere, in Redis, so that several edges keep one limit. A place ends by itself after a while: an
/// edge that dies takes none with it. While Redis is away each edge keeps the limit for itself.
/// </summary>
internal sealed class SharedPlaces(RedisConnection redis, TimeProvider time)
{
    // Longer than any query; one that is still sent after that does not count any more.
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private const string EnterScript = """
        local clock = redis.call('time')
        local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
        redis.call('zremrangebyscore', KEYS[1], '-inf', now)
        if redis.call('zcard', KEYS[1]) >= tonumber(ARGV[1]) then return 0 end
        redis.call('zadd', KEYS[1], now + ARGV[3], ARGV[2])
        redis.call('pexpire', KEYS[1], ARGV[3])
        return 1
        """;

    /// <summary>Waits for a place; null while there is no Redis.</summary>
    public async ValueTask<SharedPlace?> EnterAsync(string caller, int limit, CancellationToken cancellationToken)
    {
        if (!redis.IsConfigured) return null;
        var (key, id) = ($"running:{caller}", Guid.NewGuid().ToString("N"));
        while (redis.IsConnected)
        {
            var entered = await redis.TryAsync(async database => (long?)await database.ScriptEvaluateAsync(
                EnterScript, [redis.Key(key)], [limit, id, (long)Lifetime.TotalMilliseconds]));
            switch (entered)
            {
                case 1:
                    return new SharedPlace(redis, key, id);
                case null:
                    // It may have been given all the same.
                    new SharedPlace(redis, key, id).Leave();
                    return null;
            }

            await Task.Delay(Look, time, cancellationToken);
        }

        return null;
    }
}

/// <summary>One query's place among those that run.</summary>
internal sealed class SharedPlace(RedisConnection redis, string key, string id)
{
    public void Leave() => _ = redis.TryAsync(database => database.SortedSetRemoveAsync(redis.Key(key), id));
}
