using CartoPlatform.Contracts.Replicas;
using CartoPlatform.WorkspaceClient.Http;

namespace CartoPlatform.Forwarding.Tests;

public sealed class ReplicaHandlerTests
{
    [Fact]
    public async Task Replica_that_is_away_or_silent_is_passed_over()
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

    private static HttpClient Client(params IReadOnlyList<string> urls)
    {
        var replicas = urls.Select(url => new Uri(url)).ToList();
        return new HttpClient(new ReplicaHandler(replicas, TimeProvider.System, new SocketsHttpHandler { UseProxy = false })) { BaseAddress = replicas[0] };
    }
}
