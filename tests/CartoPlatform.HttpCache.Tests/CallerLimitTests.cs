using System.Net;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.HttpCache.Tests.Hosting;

namespace CartoPlatform.HttpCache.Tests;

/// <summary>Limits of a caller hold for what the cache answers too, and his queries are counted behind it.</summary>
public sealed class CallerLimitTests(CacheFixture fixture) : IClassFixture<CacheFixture>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Hits_count_and_a_caller_over_his_rate_is_told_when_to_come_again()
    {
        var url = $"/v3/maps/main/table/0/0/0?name={await fixture.CreateTableAsync()}";
        using var limited = fixture.Host.As(AddToken(new CallerLimits { RequestsPerMinute = 1, Burst = 4 }));
        using var other = fixture.Host.As(AddToken(limits: null));

        var answers = new List<Answer>();
        for (var request = 0; request < 5; request++) answers.Add(await limited.AskAsync(url));

        Assert.Equal(["MISS", "HIT", "HIT", "HIT"], answers.Take(4).Select(answer => answer.Cache));
        Assert.Equal(["3", "2", "1", "0"], answers.Take(4).Select(answer => answer.Header("RateLimit-Remaining")));
        var refused = answers[4];
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.Status);
        Assert.StartsWith("{\"error\":\"Too many requests", refused.Body, StringComparison.Ordinal);
        Assert.InRange(int.Parse(refused.Header("Retry-After")!, System.Globalization.CultureInfo.InvariantCulture), 1, 60);
        Assert.Equal(("4", "0"), (refused.Header("RateLimit-Limit"), refused.Header("RateLimit-Remaining")));
        Assert.Equal("\"default\";q=4;w=240", refused.Header("RateLimit-Policy"));
        Assert.StartsWith("\"default\";r=0;t=", refused.Header("RateLimit"), StringComparison.Ordinal);
        var free = await other.AskAsync(url);
        Assert.Equal(("HIT", null), (free.Cache, free.Header("RateLimit-Limit")));
    }

    [Fact]
    public async Task Thousand_tiles_of_a_page_are_answered_with_few_queries_at_a_time()
    {
        var url = $"/v3/maps/main/table/10/0/{{0}}?name={await fixture.CreateTableAsync()}";
        using var limited = fixture.Host.As(AddToken(new CallerLimits { ConcurrentQueries = 4 }));

        var answers = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(y => limited.AskAsync(url.Replace("{0}", y.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal))));

        Assert.All(answers, answer => Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.NoContent, answer.Body));
    }

    [Fact]
    public async Task Query_waits_for_the_callers_other_one_and_a_hit_does_not()
    {
        await using var host = await fixture.StartAsync();
        var table = await fixture.CreateTableAsync();
        using var limited = host.As(AddToken(new CallerLimits { ConcurrentQueries = 1 }));
        var kept = $"/v3/maps/main/table/0/0/0?name={table}";
        await limited.AskAsync(kept);
        var held = new TaskCompletionSource();
        host.Origin.Before = token => held.Task.WaitAsync(token);

        var first = limited.AskAsync($"/v3/sql/main/query?q=SELECT 1 FROM {table}");
        await Testing.Platform.Wait.UntilAsync("the first is at the origin", () => Task.FromResult(host.Origin.Requests == 2), Limit);
        var second = limited.AskAsync($"/v3/sql/main/query?q=SELECT 2 FROM {table}");
        var hit = await limited.AskAsync(kept);
        using var other = host.Owner();
        var others = other.AskAsync($"/v3/sql/main/query?q=SELECT 3 FROM {table}");
        await Testing.Platform.Wait.UntilAsync("another caller is at the origin", () => Task.FromResult(host.Origin.Requests == 3), Limit);

        Assert.Equal("HIT", hit.Cache);
        Assert.False(second.IsCompleted);
        held.SetResult();
        Assert.All(await Task.WhenAll(first, second, others), answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
    }

    [Fact]
    public async Task Query_whose_caller_leaves_makes_room_for_the_next()
    {
        await using var host = await fixture.StartAsync();
        var table = await fixture.CreateTableAsync();
        using var limited = host.As(AddToken(new CallerLimits { ConcurrentQueries = 1 }));
        var isFirst = 1;
        host.Origin.Before = token => Interlocked.Exchange(ref isFirst, 0) == 1 ? Task.Delay(Timeout.Infinite, token) : Task.CompletedTask;
        using var leaving = new CancellationTokenSource();

        var first = limited.GetAsync(new Uri($"/v3/sql/main/query?q=SELECT 1 FROM {table}", UriKind.Relative), leaving.Token);
        await Testing.Platform.Wait.UntilAsync("it is at the origin", () => Task.FromResult(host.Origin.Requests == 1), Limit);
        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal(HttpStatusCode.OK, (await limited.AskAsync($"/v3/sql/main/query?q=SELECT 2 FROM {table}").WaitAsync(Limit)).Status);
    }

    private TokenRecord AddToken(CallerLimits? limits)
    {
        var token = fixture.AddToken(["sql", "maps"], new GrantRecord("main")) with { Limits = limits };
        fixture.Maps.Workspace.Tokens[token.Id] = token;
        return token;
    }
}
