using System.Collections.Concurrent;
using CartoPlatform.Contracts.Replicas;
using CartoPlatform.WorkspaceClient.Http;

namespace CartoPlatform.Forwarding.Tests;

public sealed class ReplicaHandlerTests
{
    private readonly StandingTime _time = new();

    [Fact]
    public async Task Replica_that_is_away_or_dying_is_passed_over()
    {
        await using var dying = new Backend(_ => null);
        await using var alive = new Backend(_ => Backend.Answer("fine"));
        using var client = Client(Backend.Nobody(), dying.Url, alive.Url);

        for (var request = 0; request < 10; request++)
            Assert.Equal("fine", await client.GetStringAsync("/internal/v1/tokens/1?x=y"));

        // The one that answered is asked first from then on. .NET's own handler asks a connection that breaks up to four times.
        Assert.Equal(10, alive.Requests);
        Assert.InRange(dying.Requests, 0, 4);
    }

    [Fact]
    public async Task Replica_that_falls_silent_is_passed_over()
    {
        await using var one = new Backend(_ => Backend.Answer("one"));
        await using var other = new Backend(_ => Backend.Answer("other"));
        using var client = Client(one.Url, other.Url);
        var (chosen, next) = await client.GetStringAsync("/") == "one" ? (one, "other") : (other, "one");
        chosen.FallSilent();

        var request = client.GetStringAsync("/");
        await chosen.HeldAsync();
        _time.RunOut();

        Assert.Equal(next, await request);
        Assert.Equal(next, await client.GetStringAsync("/"));
        Assert.Equal(2, chosen.Requests);
    }

    [Fact]
    public async Task Replica_that_is_slow_is_asked_again_when_the_others_are_away()
    {
        var requests = 0;
        await using var slow = new Backend(_ =>
        {
            // Of the first request's answer the handler knows who is there; the second takes too long.
            if (Interlocked.Increment(ref requests) == 2) _time.RunOut();
            return Backend.Answer("fine");
        });
        using var client = Client(slow.Url, Backend.Nobody());
        Assert.Equal("fine", await client.GetStringAsync("/"));

        Assert.Equal("fine", await client.GetStringAsync("/"));

        Assert.Equal(3, slow.Requests);
    }

    [Fact]
    public async Task Post_that_may_have_arrived_is_not_sent_twice()
    {
        await using var one = new Backend(_ => null);
        await using var other = new Backend(_ => null);
        using var client = Client(one.Url, other.Url);

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.PostAsync("/", new StringContent("x")));

        Assert.Equal(1, one.Requests + other.Requests);
    }

    [Fact]
    public async Task Last_failure_is_the_callers()
    {
        using var client = Client(Backend.Nobody(), Backend.Nobody());

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetAsync("/"));
    }

    [Fact]
    public async Task Caller_who_leaves_ends_it()
    {
        var asked = new TaskCompletionSource();
        await using var silent = new Backend(_ =>
        {
            asked.TrySetResult();
            return "HTTP/1.1 200";
        });
        using var client = Client(silent.Url);
        using var leave = new CancellationTokenSource();
        var request = client.GetAsync("/", leave.Token);
        await asked.Task;

        await leave.CancelAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => request);
    }

    [Theory]
    [InlineData(null, 0)]
    [InlineData("", 0)]
    [InlineData(" http://one:8080 ; https://two ;", 2)]
    [InlineData("http://one:8080;http://one:8080", 1)]
    [InlineData("http://[::1]:8080", 1)]
    public void Urls_are_read(string? text, int count) => Assert.Equal(count, ReplicaUrls.TryParse(text)?.Count);

    [Theory]
    [InlineData("one:8080")]
    [InlineData("http://one/path")]
    [InlineData("http://one?query")]
    [InlineData("http://one,http://two")]
    [InlineData("ftp://one")]
    [InlineData("http://")]
    [InlineData(";x;")]
    public void Text_that_holds_something_else_is_refused(string text)
    {
        Assert.Null(ReplicaUrls.TryParse(text));
        Assert.Contains("Cache:Feed", Assert.Throws<InvalidOperationException>(() => ReplicaUrls.Parse(text, "Cache:Feed")).Message, StringComparison.Ordinal);
    }

    private HttpClient Client(params IReadOnlyList<string> urls)
    {
        var replicas = urls.Select(url => new Uri(url)).ToList();
        return new HttpClient(new ReplicaHandler(replicas, _time, new SocketsHttpHandler { UseProxy = false })) { BaseAddress = replicas[0] };
    }

    /// <summary>A clock that stands still: limits run out when a test says so, however busy the machine is.</summary>
    private sealed class StandingTime : TimeProvider
    {
        private readonly ConcurrentDictionary<Limit, bool> _limits = new();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var limit = new Limit(this, () => callback(state));
            _limits[limit] = true;
            return limit;
        }

        public void RunOut()
        {
            foreach (var limit in _limits.Keys) limit.Ended();
        }

        private sealed class Limit(StandingTime time, Action ended) : ITimer
        {
            public Action Ended { get; } = ended;

            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose() => time._limits.TryRemove(this, out _);

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
