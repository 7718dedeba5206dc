using System.Text;
using CartoPlatform.Traffic.Limits;
using Microsoft.AspNetCore.Http;

namespace CartoPlatform.Traffic.Tests.Limits;

public sealed class QueryTurnTests
{
    [Fact]
    public async Task Next_query_runs_when_one_has_ended_and_in_the_order_of_arrival()
    {
        await using var limiters = await Limiters.StartAsync(new LimitOptions { Tokens = { ConcurrentQueries = 1 } });
        var token = Limiters.Token();
        var running = await EnterAsync(limiters, token);
        var second = EnterAsync(limiters, token);
        var third = EnterAsync(limiters, token);

        Assert.False(second.IsCompleted);
        await running.DisposeAsync();
        var next = await second;
        Assert.False(third.IsCompleted);
        await next.DisposeAsync();
        await (await third).DisposeAsync();
    }

    [Fact]
    public async Task Caller_who_leaves_while_he_waits_frees_his_place()
    {
        await using var limiters = await Limiters.StartAsync(new LimitOptions { Tokens = { ConcurrentQueries = 1 }, MaxWaiting = 1 });
        var token = Limiters.Token();
        using var leaving = new CancellationTokenSource();
        var running = await EnterAsync(limiters, token);
        var waiting = limiters.Queries.EnterAsync(new DefaultHttpContext(), token, leaving.Token);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await waiting);
        var next = EnterAsync(limiters, token);
        await running.DisposeAsync();
        Assert.False((await next).IsRefused);
    }

    [Fact]
    public async Task More_than_may_wait_are_refused_at_once_with_429()
    {
        await using var limiters = await Limiters.StartAsync(new LimitOptions { Tokens = { ConcurrentQueries = 1 }, MaxWaiting = 1 });
        var token = Limiters.Token();
        await using var running = await EnterAsync(limiters, token);
        var waiting = EnterAsync(limiters, token);
        var (refused, context) = await RefusedAsync(limiters, token);

        Assert.True(refused.IsRefused);
        Assert.Equal(StatusCodes.Status429TooManyRequests, context.Response.StatusCode);
        Assert.Equal("1", context.Response.Headers.RetryAfter);
        Assert.Contains("\"error\":\"Too many queries at once", BodyOf(context), StringComparison.Ordinal);
        Assert.False(waiting.IsCompleted);
    }

    [Fact]
    public async Task Query_that_has_waited_long_enough_gets_503()
    {
        await using var limiters = await Limiters.StartAsync(new LimitOptions { Tokens = { ConcurrentQueries = 1 }, MaxWait = TimeSpan.FromMilliseconds(1) });
        var token = Limiters.Token();
        await using var running = await EnterAsync(limiters, token);

        var (refused, context) = await RefusedAsync(limiters, token);

        Assert.True(refused.IsRefused);
        Assert.Equal(StatusCodes.Status503ServiceUnavailable, context.Response.StatusCode);
        Assert.Equal("1", context.Response.Headers.RetryAfter);
    }

    [Fact]
    public async Task Queries_of_one_caller_hold_up_no_other()
    {
        await using var limiters = await Limiters.StartAsync(new LimitOptions { Tokens = { ConcurrentQueries = 1 }, MaxWaiting = 0 });
        await using var one = await EnterAsync(limiters, Limiters.Token());
        await using var other = await EnterAsync(limiters, Limiters.Token());

        Assert.False(one.IsRefused || other.IsRefused);
    }

    private static Task<QueryTurn> EnterAsync(Limiters limiters, Contracts.Workspace.TokenRecord token) =>
        limiters.Queries.EnterAsync(new DefaultHttpContext(), token, CancellationToken.None).AsTask();

    private static async Task<(QueryTurn Turn, HttpContext Context)> RefusedAsync(Limiters limiters, Contracts.Workspace.TokenRecord token)
    {
        var context = new DefaultHttpContext { Response = { Body = new MemoryStream() } };
        return (await limiters.Queries.EnterAsync(context, token, CancellationToken.None), context);
    }

    private static string BodyOf(HttpContext context) => Encoding.UTF8.GetString(((MemoryStream)context.Response.Body).ToArray());
}
