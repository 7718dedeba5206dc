using System.Net;
using CartoPlatform.HttpCache.Tests.Hosting;
using CartoPlatform.Testing.Platform;

namespace CartoPlatform.HttpCache.Tests;

/// <summary>What keeps the cache, and the origin behind it, within bounds.</summary>
public sealed class BoundTests(CacheFixture fixture) : IClassFixture<CacheFixture>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(null, 128)]
    [InlineData(3, 3)]
    public async Task Cold_start_sends_no_more_to_the_origin_at_once_than_is_allowed(int? setting, int bound)
    {
        var host = await fixture.StartAsync(setting is null ? [] : [$"--Cache:MaxOriginRequests={setting}", "--Cache:Lifetimes:main:Sql=01:00:00"]);
        using var client = host.Owner();
        var table = await fixture.CreateTableAsync();
        var (inside, most) = (0, 0);
        var gate = new TaskCompletionSource();
        host.Origin.Before = async token =>
        {
            var now = Interlocked.Increment(ref inside);
            for (var known = Volatile.Read(ref most); now > known; known = Volatile.Read(ref most)) Interlocked.CompareExchange(ref most, now, known);
            try
            {
                await gate.Task.WaitAsync(token);
            }
            finally
            {
                Interlocked.Decrement(ref inside);
            }
        };
        // Without an answer of the API: that would be another's limits.
        host.Origin.Failure = 404;
        var asked = Enumerable.Range(0, bound + 40).Select(index => client.AskAsync($"/v3/sql/main/query?q=SELECT {index} FROM {table}")).ToArray();
        await Wait.UntilAsync("as many as may be are there", () => Task.FromResult(Volatile.Read(ref inside) == bound), Limit);
        // Another connection, and another API, have turns of their own.
        var other = client.AskAsync($"/v3/maps/main/table/0/0/0?name={table}");
        await Wait.UntilAsync("one of another API is there", () => Task.FromResult(Volatile.Read(ref inside) == bound + 1), Limit);
        gate.SetResult();
        Assert.All(await Task.WhenAll([.. asked, other]), answer => Assert.Equal(HttpStatusCode.NotFound, answer.Status));
        Assert.Equal(bound + 1, most);
    }

    [Fact]
    public async Task Answer_over_the_limit_is_passed_on_whole_and_not_kept()
    {
        var host = await fixture.StartAsync("--Cache:MaxObjectBytes=2000");
        using var client = host.Owner();
        var table = await fixture.CreateTableAsync();
        foreach (var (length, second) in (IEnumerable<(int, string)>)[(100, "HIT"), (30_000, "MISS")])
        {
            var url = $"/v3/sql/main/query?q=SELECT repeat('x', {length}) AS x FROM {table} WHERE id = 1";
            var first = await client.AskAsync(url);
            Assert.Contains(new string('x', length), first.Body, StringComparison.Ordinal);
            var again = await client.AskAsync(url);
            Assert.Equal((second, first.Body), (again.Cache, again.Body));
        }
    }

    [Theory]
    [InlineData("/v3/maps/main/table?name={0}x", null)]
    [InlineData("/v3/maps/main/table/0/0/9?name={0}", null)]
    [InlineData("/v3/sql/main/query?q=SELECT nothing FROM {0}", null)]
    [InlineData("/v3/sql/main/query?q=SELECT id FROM {0}", "only-if-cached")]
    [InlineData("/v3/maps/elsewhere/table?name={0}", null)]
    public async Task Error_is_kept_by_nobody_and_says_what_became_of_it(string template, string? directive)
    {
        using var client = fixture.Host.Owner();
        var url = template.Replace("{0}", await fixture.CreateTableAsync(), StringComparison.Ordinal);
        foreach (var _ in Enumerable.Range(0, 2))
        {
            var answer = await client.AskAsync(url, directive);
            Assert.InRange((int)answer.Status, 400, 599);
            Assert.Contains(answer.Cache, (string[])["MISS", "BYPASS"]);
            Assert.Contains("no-store", answer.Header("Cache-Control"), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/v3/maps/main/table?name=demo.t")]
    [InlineData("/v3/sql/main/query?q=SELECT 1")]
    [InlineData("/v3/stats/main/demo.t/id")]
    public async Task Every_answer_says_what_became_of_it_to_strangers_too(string url)
    {
        using var anonymous = fixture.Host.Anonymous();
        var answer = await anonymous.AskAsync(url);
        Assert.Equal((HttpStatusCode.Unauthorized, "BYPASS"), (answer.Status, answer.Cache));
    }
}
