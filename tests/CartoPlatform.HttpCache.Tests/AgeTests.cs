using System.Net;
using CartoPlatform.HttpCache.Tests.Hosting;
using CartoPlatform.Testing.Platform;

namespace CartoPlatform.HttpCache.Tests;

/// <summary>What age alone does to an answer, whose data have not changed.</summary>
public sealed class AgeTests(CacheFixture fixture) : IClassFixture<CacheFixture>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Max_age_judges_for_one_request_and_shortens_nobody_elses()
    {
        using var client = fixture.Host.Owner();
        var url = $"/v3/maps/main/table/0/0/0?name={await fixture.CreateTableAsync()}";
        await client.AskAsync(url);
        Assert.Equal("HIT", (await client.AskAsync(url, "max-age=60")).Cache);
        await Wait.UntilAsync("it is a second old", async () => (await client.AskAsync(url, "only-if-cached, max-age=1")).Status == HttpStatusCode.GatewayTimeout, Limit);
        Assert.Equal("HIT", (await client.AskAsync(url)).Cache);
        Assert.Equal("HIT", (await client.AskAsync(url, "max-age=600")).Cache);
        // What it fetches takes the old one's place.
        Assert.Equal("MISS", (await client.AskAsync(url, "max-age=1")).Cache);
        Assert.Equal(("HIT", "0"), await client.AskAsync(url, "max-age=1") is var answer ? (answer.Cache, answer.Header("Age")) : default);
    }

    [Fact]
    public async Task Answer_that_is_only_too_old_stands_in_while_one_caller_fetches_another()
    {
        var host = await fixture.StartAsync("--Cache:Lifetimes:main:Sql=00:00:01");
        using var client = host.Owner();
        var url = $"/v3/sql/main/query?q=SELECT count(*) AS n FROM {await fixture.CreateTableAsync()}";
        await client.AskAsync(url);
        await Wait.UntilAsync("it is too old", async () => (await client.AskAsync(url, "only-if-cached")).Status == HttpStatusCode.GatewayTimeout, Limit);
        var (gate, before) = (new TaskCompletionSource(), host.Origin.Requests);
        host.Origin.After = () => gate.Task;
        var fetching = client.AskAsync(url);
        await Wait.UntilAsync("one fetches", () => Task.FromResult(host.Origin.Requests > before), Limit);
        var stale = await client.AskAsync(url).WaitAsync(Limit);
        Assert.Equal((HttpStatusCode.OK, "STALE", true), (stale.Status, stale.Cache, stale.Body.Contains("\"n\":5", StringComparison.Ordinal)));

        // Who asks for an age, or for none of it, waits for the new one.
        var patient = client.AskAsync(url, "max-age=60");
        host.Origin.After = () => Task.CompletedTask;
        Assert.Equal("BYPASS", (await client.AskAsync(url, "no-cache").WaitAsync(Limit)).Cache);
        gate.SetResult();
        Assert.Equal("MISS", (await fetching).Cache);
        Assert.Contains((await patient).Cache, (string[])["COALESCED", "HIT", "MISS"]);
    }

    [Fact]
    public async Task Caller_who_wants_it_fetched_now_joins_no_older_flight()
    {
        var host = await fixture.StartAsync();
        using var client = host.Owner();
        var url = $"/v3/maps/main/table/0/0/0?name={await fixture.CreateTableAsync()}";
        var gate = new TaskCompletionSource();
        host.Origin.After = () => gate.Task;
        var early = client.AskAsync(url);
        await Wait.UntilAsync("the first is under way", () => Task.FromResult(host.Origin.Requests == 1), Limit);
        host.Origin.After = () => Task.CompletedTask;
        Assert.Equal("MISS", (await client.AskAsync(url, "max-age=0").WaitAsync(Limit)).Cache);
        Assert.Equal("BYPASS", (await client.AskAsync(url, "no-cache").WaitAsync(Limit)).Cache);
        Assert.Equal(3, host.Origin.Requests);
        gate.SetResult();
        await early;
    }
}
