using CartoPlatform.HttpCache.Entries;
using CartoPlatform.HttpCache.Purging;
using CartoPlatform.Redis;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace CartoPlatform.HttpCache.Sharing;

/// <summary>
/// Tells the other replicas of a write through this one, before whoever has written learns that it is done: his next read may come by
/// another way. Without Redis, or where it is slow, they hear of it from the database, a poll later.
/// </summary>
internal sealed class WriteNews
{
    private const string Channel = "cache:written";

    // No write waits longer for others to know of it.
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(50);

    private readonly RedisConnection _redis;
    private readonly WriteMarks _marks;
    private readonly TimeProvider _time;
    private readonly string _own;
    private readonly bool _isInner;

    public WriteNews(RedisConnection redis, WriteMarks marks, ReplicaName replica, IOptions<HttpCacheOptions> options, TimeProvider time)
    {
        (_redis, _marks, _time, _own, _isInner) = (redis, marks, time, $"{replica} ", options.Value.IsInner);
        if (redis.IsConfigured) redis.Subscribe(Channel, Hear);
    }

    /// <param name="changed">What the answer says (<see cref="Contracts.Caching.CacheDeclaration.ChangedHeader"/>).</param>
    public Task TellAsync(string changed)
    {
        _marks.Note(changed);
        // The one in front tells, too.
        return _isInner || !_redis.IsConnected ? Task.CompletedTask : PublishAsync(changed);
    }

    private async Task PublishAsync(string changed) =>
        await ((Task)_redis.PublishAsync(Channel, _own + changed)).WaitAsync(Limit, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private void Hear(RedisValue message)
    {
        if ((string?)message is not { } text || text.StartsWith(_own, StringComparison.Ordinal)) return;
        // A name of a replica holds no blanks.
        _marks.Note(text[(text.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
    }
}
