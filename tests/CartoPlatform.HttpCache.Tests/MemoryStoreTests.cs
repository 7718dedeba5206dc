using CartoPlatform.Contracts.Caching;
using CartoPlatform.HttpCache.Entries;
using CartoPlatform.HttpCache.Front;
using CartoPlatform.HttpCache.Keys;
using CartoPlatform.HttpCache.Store;
using Microsoft.Extensions.Options;

namespace CartoPlatform.HttpCache.Tests;

public sealed class MemoryStoreTests
{
    private const int Capacity = 2_000_000;

    private readonly MemoryStore _store = new(Options.Create(new HttpCacheOptions { MemoryBytes = Capacity }), new FrontTable());

    [Fact]
    public void Bytes_stay_below_the_bound_whatever_comes()
    {
        var random = new Random(7);
        for (var index = 0; index < 20_000; index++)
        {
            var entry = Entry((ulong)random.Next(3_000), random.Next(60_000));
            _store.Keep(entry);
            entry.VariantFor("gzip", "x");
            _store.Recount(entry);
            _store.Find(Key((ulong)random.Next(3_000)));
            Assert.InRange(_store.Bytes, 0, Capacity);
        }

        Assert.True(_store.Evictions > 0);
    }

    [Fact]
    public void Scan_leaves_what_is_in_use()
    {
        for (var id = 0UL; id < 20; id++) _store.Keep(Entry(id, 20_000));
        for (var scanned = 1_000UL; scanned < 3_000; scanned++)
        {
            for (var id = 0UL; id < 20; id++) _store.Find(Key(id));
            _store.Keep(Entry(scanned, 20_000));
        }

        Assert.All(Enumerable.Range(0, 20), id => Assert.NotNull(_store.Find(Key((ulong)id))));
    }

    [Fact]
    public void Entry_takes_the_place_of_the_one_before()
    {
        for (var round = 0; round < 1_000; round++) _store.Keep(Entry(1, 50_000));
        Assert.Equal(1, _store.Count);
        _store.RemoveWhere(_ => true);
        Assert.Null(_store.Find(Key(1)));
    }

    [Fact]
    public void Entry_that_would_push_out_everything_is_not_kept()
    {
        _store.Keep(Entry(1, Capacity));
        Assert.Null(_store.Find(Key(1)));
    }

    // Not to be made smaller by a coding.
    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private static CacheKey Key(ulong id) => new(id, 0, 0, 0);

    private static CacheEntry Entry(ulong id, int length) => CacheEntry.Create(Key(id), 200, "x/y", [], Noise(length), new CacheDeclaration
    {
        Kind = AnswerKinds.Tile,
        LifetimeSeconds = 60,
        Connection = "main",
        ConnectionId = Guid.Empty,
        ConnectionRevision = 1,
        Rights = new CacheRights { AnyApi = ["maps"] },
    }, bornAt: 0);
}
