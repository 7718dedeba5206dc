using System.Collections.Concurrent;
using System.Text.Json;
using CartoPlatform.HttpCache.Sharing;
using CartoPlatform.Redis;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace CartoPlatform.HttpCache.Purging;

/// <summary>
/// Brings purges to every replica, over Redis, and gathers their answers. A replica says every few seconds that it is there, so that
/// one which does not answer is known.
/// </summary>
internal sealed class PurgeBus(RedisConnection redis, SharedStore shared, Purges purges, ReplicaName replica, TimeProvider time) : BackgroundService
{
    private const string Orders = "cache:purge";
    private const string Replies = "cache:purged";
    private const string Names = "cache:replicas";
    private const string Redis = "redis";

    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Absence = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<Guid, Gathering> _gatherings = new();
    private volatile string[] _others = [];

    /// <summary>Done here at once, and by the others before this returns or named as silent.</summary>
    public async Task<PurgeResult> PurgeAsync(PurgeOrder order, CancellationToken cancellationToken)
    {
        var own = purges.Apply(order);
        if (!redis.IsConfigured) return new PurgeResult(order.Id, [own], [], null);
        // Whoever was there last may hold what was to go, and so may Redis when it is back.
        if (!redis.IsConnected) return new PurgeResult(order.Id, [own], [Redis, .. _others], null);

        // Redis first: a replica that has forgotten must not find it there again.
        var removed = await shared.PurgeAsync(order, cancellationToken);
        var others = await ListAsync();
        var gathering = _gatherings[order.Id] = new Gathering(others);
        try
        {
            await redis.PublishAsync(Orders, JsonSerializer.SerializeToUtf8Bytes(order, SharingJson.Default.PurgeOrder));
            await gathering.Complete.WaitAsync(AnswerLimit, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            PurgeReply[] replies = [own, .. gathering.Replies];
            return new PurgeResult(order.Id, replies, [.. others.Except(replies.Select(reply => reply.Replica))], removed);
        }
        finally
        {
            _gatherings.TryRemove(order.Id, out _);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!redis.IsConfigured) return;
        redis.Subscribe(Orders, Obey);
        redis.Subscribe(Replies, Gather);
        while (!stoppingToken.IsCancellationRequested)
        {
            await redis.TryAsync(async database =>
            {
                await database.SetAddAsync(redis.Key(Names), replica.ToString());
                return await database.StringSetAsync(redis.Key($"{Names}:{replica}"), "", Absence);
            });
            if (redis.IsConnected && await ListAsync() is { Length: > 0 } there) _others = there;
            await Task.Delay(Heartbeat, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The other replicas that have said lately that they are there.</summary>
    private async Task<string[]> ListAsync()
    {
        var there = new List<string>();
        foreach (var name in await redis.TryAsync(database => database.SetMembersAsync(redis.Key(Names))) ?? [])
        {
            if (await redis.TryAsync<bool?>(async database => await database.KeyExistsAsync(redis.Key($"{Names}:{name}"))) is not false) there.Add(name!);
            else await redis.TryAsync(database => database.SetRemoveAsync(redis.Key(Names), name));
        }

        return [.. there.Where(name => name != replica.ToString())];
    }

    private void Obey(RedisValue message)
    {
        if (Read(message, SharingJson.Default.PurgeOrder) is not { } order || _gatherings.ContainsKey(order.Id)) return;
        var reply = purges.Apply(order);
        _ = redis.PublishAsync(Replies, JsonSerializer.SerializeToUtf8Bytes(reply, SharingJson.Default.PurgeReply));
    }

    private void Gather(RedisValue message)
    {
        if (Read(message, SharingJson.Default.PurgeReply) is { } reply && _gatherings.TryGetValue(reply.Id, out var gathering)) gathering.Add(reply);
    }

    private static T? Read<T>(RedisValue message, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize((byte[]?)message ?? [], type);
        }
        catch (JsonException)
        {
            // Of a replica of another version, or not ours.
            return null;
        }
    }

    private sealed class Gathering(IReadOnlyCollection<string> expected)
    {
        private readonly ConcurrentDictionary<string, PurgeReply> _replies = new(StringComparer.Ordinal);
        private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Complete => expected.Count == 0 ? Task.CompletedTask : _complete.Task;

        public IEnumerable<PurgeReply> Replies => _replies.Values;

        public void Add(PurgeReply reply)
        {
            _replies[reply.Replica] = reply;
            if (expected.All(_replies.ContainsKey)) _complete.TrySetResult();
        }
    }
}
