using CartoPlatform.Testing.Platform;
using CartoPlatform.Testing.Redis;
using CartoPlatform.Traffic.Limits;
using Microsoft.AspNetCore.Http;
using StackExchange.Redis;

namespace CartoPlatform.Traffic.Tests.Limits;

/// <summary>Edges that share a real Redis keep one limit together, and go on without it.</summary>
public sealed class SharedLimitTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private RedisServer? _redis;

    private RedisServer Redis => _redis!;

    public async Task InitializeAsync() => _redis = await RedisServer.StartAsync();

    public Task DisposeAsync() => Redis.DisposeAsync().AsTask();

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(500)]
    public async Task Two_edges_admit_one_burst_together(int burst)
    {
        // So slow that nothing comes back meanwhile.
        var options = new LimitOptions { Tokens = { RequestsPerMinute = 1, Burst = burst } };
        await using var first = await Limiters.StartAsync(options, Redis.Address);
        await using var second = await Limiters.StartAsync(options, Redis.Address);
        var token = Limiters.Token();

        var verdicts = await Task.WhenAll(Enumerable.Range(0, burst * 4).Select(index => Task.Run(async () => await (index % 2 == 0 ? first : second).AskAsync(token))));

        Assert.Equal(burst, verdicts.Count(verdict => verdict.Kind == VerdictKind.Admitted));
        Assert.All(verdicts.Where(verdict => verdict.Kind != VerdictKind.Admitted), verdict => Assert.True(verdict.Kind == VerdictKind.Refused && verdict.Wait > TimeSpan.Zero));
    }

    [Fact]
    public async Task Redis_is_asked_for_many_requests_at_a_time()
    {
        await using var edge = await Limiters.StartAsync(new LimitOptions { Tokens = { RequestsPerMinute = 600_000, Burst = 10_000 } }, Redis.Address);
        await using var admin = await ConnectionMultiplexer.ConnectAsync($"{Redis.Address},allowAdmin=true");
        var server = admin.GetServer(Redis.Address);
        var token = Limiters.Token();
        await server.ConfigResetStatisticsAsync();

        for (var request = 0; request < 5_000; request++) Assert.Equal(VerdictKind.Admitted, (await edge.AskAsync(token)).Kind);

        var commands = (await server.InfoAsync("stats")).SelectMany(group => group).Single(entry => entry.Key == "total_commands_processed");
        // Five leases of 1,000 and those that were fetched ahead; scripts count their own commands too.
        Assert.InRange(int.Parse(commands.Value, System.Globalization.CultureInfo.InvariantCulture), 1, 200);
    }

    [Fact]
    public async Task Without_Redis_an_edge_keeps_the_limit_for_itself_and_with_it_again_they_share()
    {
        var options = new LimitOptions { Tokens = { RequestsPerMinute = 1, Burst = 4 } };
        await using var edge = await Limiters.StartAsync(options, Redis.Address);
        var token = Limiters.Token();
        await Redis.StopAsync();
        await Wait.UntilAsync("the loss is noticed", () => Task.FromResult(!edge.Redis.IsConnected), Limit);

        Assert.Equal(4, await AdmittedAsync(edge, 10, token));

        await Redis.StartAgainAsync();
        await Wait.UntilAsync("Redis is back", () => Task.FromResult(edge.Redis.IsConnected), Limit);
        await using var other = await Limiters.StartAsync(options, Redis.Address);
        var fresh = Limiters.Token();
        Assert.Equal(4, await AdmittedAsync(edge, 10, fresh) + await AdmittedAsync(other, 10, fresh));
    }

    [Fact]
    public async Task Bucket_of_a_clock_that_was_set_back_is_empty_and_no_emptier()
    {
        await using var edge = await Limiters.StartAsync(new LimitOptions { Tokens = { RequestsPerMinute = 60, Burst = 2 } }, Redis.Address);
        await using var redis = await ConnectionMultiplexer.ConnectAsync(Redis.Address);
        var token = Limiters.Token();
        var tomorrow = TimeProvider.System.GetUtcNow().AddDays(1).ToUnixTimeMilliseconds() * 1_000;
        await redis.GetDatabase().StringSetAsync($"carto:limit:{token.Id:N}", tomorrow);

        var verdict = await edge.AskAsync(token);

        Assert.Equal(VerdictKind.Refused, verdict.Kind);
        Assert.InRange(verdict.Wait, TimeSpan.Zero, TimeSpan.FromSeconds(1.1));
    }

    [Fact]
    public async Task Two_edges_run_as_many_queries_together_as_one_may()
    {
        var options = new LimitOptions { Tokens = { ConcurrentQueries = 2 }, MaxWait = TimeSpan.FromSeconds(20) };
        await using var first = await Limiters.StartAsync(options, Redis.Address);
        await using var second = await Limiters.StartAsync(options, Redis.Address);
        var (token, running, most, done) = (Limiters.Token(), 0, 0, 0);

        await Task.WhenAll(Enumerable.Range(0, 12).Select(async index =>
        {
            await using var turn = await (index % 2 == 0 ? first : second).Queries.EnterAsync(new DefaultHttpContext(), token, CancellationToken.None);
            Assert.False(turn.IsRefused);
            InterlockedMax(ref most, Interlocked.Increment(ref running));
            await Task.Yield();
            Interlocked.Increment(ref done);
            Interlocked.Decrement(ref running);
        }));

        Assert.Equal(12, done);
        Assert.InRange(most, 1, 2);
    }

    private static async Task<int> AdmittedAsync(Limiters edge, int requests, Contracts.Workspace.TokenRecord token)
    {
        var admitted = 0;
        for (var request = 0; request < requests; request++)
        {
            if ((await edge.AskAsync(token)).Kind == VerdictKind.Admitted) admitted++;
        }

        return admitted;
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var known = Volatile.Read(ref target); value > known; known = Volatile.Read(ref target))
        {
            if (Interlocked.CompareExchange(ref target, value, known) == known) return;
        }
    }
}
