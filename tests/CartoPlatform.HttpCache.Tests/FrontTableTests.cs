using CartoPlatform.Auth;
using CartoPlatform.Contracts.Caching;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.HttpCache.Entries;
using CartoPlatform.HttpCache.Front;
using CartoPlatform.Traffic.Activity;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace CartoPlatform.HttpCache.Tests;

public sealed class FrontTableTests
{
    private readonly FrontTable _table = new();

    /// <summary>The record of a token is read again every few seconds, for as long as the process runs.</summary>
    [Fact]
    public void Decision_of_one_caller_takes_the_place_of_the_one_before_however_often()
    {
        var entry = Entry();
        for (var time = 0; time < 1_000; time++)
        {
            var hit = Hit(entry);
            _table.Keep(Key("one"), hit);
            Assert.Same(hit, _table.Find(Key("one")));
        }
    }

    [Fact]
    public void Entry_that_very_many_share_is_found_quickly_for_some_and_gone_for_all()
    {
        var entry = Entry();
        for (var caller = 0; caller < 200; caller++) _table.Keep(Key($"{caller}"), Hit(entry));
        Assert.Equal(64, Enumerable.Range(0, 200).Count(caller => _table.Find(Key($"{caller}")) is not null));
        _table.Forget(entry);
        Assert.Equal(0, Enumerable.Range(0, 200).Count(caller => _table.Find(Key($"{caller}")) is not null));
        _table.Keep(Key("late"), Hit(entry));
        Assert.Null(_table.Find(Key("late")));
    }

    [Theory]
    [InlineData("/b", "one", "x.example", "http", "", "", "gzip")]
    [InlineData("/a", "two", "x.example", "http", "", "", "gzip")]
    [InlineData("/a", "one", "y.example", "http", "", "", "gzip")]
    [InlineData("/a", "one", "x.example", "https", "", "", "gzip")]
    [InlineData("/a", "one", "x.example", "http", "https://app.example/", "", "gzip")]
    [InlineData("/a", "one", "x.example", "http", "", "https://app.example", "gzip")]
    [InlineData("/a", "one", "x.example", "http", "", "", "br")]
    public void Request_that_differs_in_anything_finds_nothing(string target, string authorization, string host, string scheme, string referer, string origin, string encoding)
    {
        _table.Keep(new FrontKey("/a", "one", "x.example", "http", "", "", "gzip"), Hit(Entry()));
        Assert.Null(_table.Find(new FrontKey(target, authorization, host, scheme, referer, origin, encoding)));
    }

    [Theory]
    [InlineData(true, "Accept-Encoding", "Access-Control-Allow-Origin", true)]
    [InlineData(true, "Accept-Encoding", "X-Content-Type-Options", true)]
    [InlineData(true, "Accept-Encoding", "RateLimit-Remaining", true)]
    [InlineData(true, "Accept-Encoding", "Set-Cookie", false)]
    [InlineData(true, "Accept-Encoding", "traceparent", false)]
    [InlineData(true, "Origin, Accept-Encoding", "Access-Control-Allow-Origin", false)]
    // Its caller has left: what is done when an answer begins has not been done.
    [InlineData(false, "Accept-Encoding", "X-Content-Type-Options", false)]
    public async Task Answer_teaches_what_it_was_given_if_that_is_the_same_for_the_next(bool hasStarted, string vary, string name, bool isLearned)
    {
        var sent = new Sent(hasStarted);
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpResponseFeature>(sent);
        var hit = Hit(Entry());
        hit.LearnFrom(context.Response);
        (sent.Headers.Vary, sent.Headers[name]) = (vary, "x");
        await sent.CompleteAsync();

        Assert.Equal(isLearned, hit.Around is not null);
        if (isLearned && name != "RateLimit-Remaining") Assert.Equal([name], hit.Around!.Select(header => header.Key));
    }

    private sealed class Sent(bool hasStarted) : HttpResponseFeature
    {
        public Func<Task> CompleteAsync { get; private set; } = () => Task.CompletedTask;

        public override bool HasStarted => hasStarted;

        public override void OnCompleted(Func<object, Task> callback, object state) => CompleteAsync = () => callback(state);
    }

    private static FrontKey Key(string caller) => new("/v3/maps/main/table/0/0/0", caller, "x.example", "http", "", "", "gzip");

    private static FrontHit Hit(CacheEntry entry) => new(
        entry,
        new Principal(new TokenRecord { Id = Guid.Empty, AccountId = Guid.Empty, Grants = [], AllowedApis = [] }),
        new ConnectionRecord { Id = Guid.Empty, Name = "main", ProviderId = "postgres", Revision = 1, ReaderConnectionString = "" },
        entry.VariantFor("gzip", ""), "private, no-cache", CallLabel.Of(new DefaultHttpContext()), AnswerCounts.SlotOf(entry, 3));

    private static CacheEntry Entry() => CacheEntry.Create(default, 200, "x/y", [], new byte[10], new CacheDeclaration
    {
        Kind = AnswerKinds.Tile,
        LifetimeSeconds = 60,
        Connection = "main",
        ConnectionId = Guid.Empty,
        ConnectionRevision = 1,
        Rights = new CacheRights { AnyApi = ["maps"] },
    }, bornAt: 0);
}
