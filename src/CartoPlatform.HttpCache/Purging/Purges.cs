using System.Collections.Concurrent;
using CartoPlatform.HttpCache.Entries;
using CartoPlatform.HttpCache.Store;

namespace CartoPlatform.HttpCache.Purging;

/// <summary>
/// Forgets entries of this process. What was asked for before a purge and comes back after it is not kept either.
/// </summary>
internal sealed class Purges(MemoryStore store, ReplicaName replica, TimeProvider time)
{
    // Longer than a request to the origin can take.
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(2);

    private readonly ConcurrentQueue<(PurgeOrder Order, long At)> _recent = new();

    public PurgeReply Apply(PurgeOrder order)
    {
        while (_recent.TryPeek(out var oldest) && time.GetElapsedTime(oldest.At) > Memory) _recent.TryDequeue(out _);
        _recent.Enqueue((order, time.GetTimestamp()));
        return new PurgeReply(order.Id, replica.ToString(), store.RemoveWhere(entry => Names(order, entry)));
    }

    /// <summary>Whether an entry was begun before a purge that names it.</summary>
    public bool Cover(CacheEntry entry) => _recent.Any(purge => purge.At >= entry.BornAt && Names(purge.Order, entry));

    public static bool Names(PurgeOrder order, CacheEntry entry) =>
        order.Everything || order.Keys.Contains(entry.Key.ToString())
        || order.Tags.Any(tag => entry.Declaration.Tags.Contains(tag) || tag == $"connection:{entry.Declaration.Connection}");
}
