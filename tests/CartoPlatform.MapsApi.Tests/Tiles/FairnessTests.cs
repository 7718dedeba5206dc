using System.Net;
using CartoPlatform.MapsApi.Tests.Hosting;

namespace CartoPlatform.MapsApi.Tests.Tiles;

/// <summary>A slow source keeps nobody else waiting, and too many who wait are told so.</summary>
public sealed class FairnessTests(MapsFixture fixture) : IClassFixture<MapsFixture>
{
    private const string Quick = "/v3/maps/main/query/0/0/0?q=SELECT%201%20AS%20id,%20ST_Point(1,2,4326)%20AS%20geom&formatTiles=mvt";

    [Fact]
    public async Task Slow_source_leaves_a_turn_to_others()
    {
        using var client = fixture.Host(("MapsApi:MaxConcurrent", "3")).Owner();
        using var leaving = new CancellationTokenSource();
        // Twice as many as there are turns.
        var slow = Enumerable.Range(0, 6).Select(_ => client.GetAsync(new Uri(SlowUrl("turns"), UriKind.Relative), leaving.Token)).ToArray();
        await UntilAsync(async () => await CountAsync("turns") == 2);
        for (var i = 0; i < 5; i++)
        {
            using var quick = await client.AskAsync(Quick);
            Assert.Equal(HttpStatusCode.OK, quick.StatusCode);
        }

        Assert.Equal(2, await CountAsync("turns"));
        Assert.All(slow, task => Assert.False(task.IsCompleted));
        await leaving.CancelAsync();
        foreach (var task in slow) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task);
        await UntilAsync(async () => await CountAsync("turns") == 0);
    }

    [Fact]
    public async Task Too_many_who_wait_are_503_and_may_come_again()
    {
        using var client = fixture.Host(("MapsApi:MaxConcurrent", "2"), ("MapsApi:MaxWaiting", "0")).Owner();
        using var leaving = new CancellationTokenSource();
        var slow = client.GetAsync(new Uri(SlowUrl("full"), UriKind.Relative), leaving.Token);
        await UntilAsync(async () => await CountAsync("full") == 1);
        using var refused = await client.AskAsync(SlowUrl("full"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal("1", Assert.Single(refused.Headers.GetValues("Retry-After")));
        Assert.StartsWith("{\"error\":", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var other = await client.AskAsync(Quick);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => slow);
        await UntilAsync(async () => await CountAsync("full") == 0);
    }

    [Fact]
    public async Task Wait_has_a_limit()
    {
        using var client = fixture.Host(("MapsApi:MaxConcurrent", "2"), ("MapsApi:WaitLimit", "00:00:00.200")).Owner();
        using var leaving = new CancellationTokenSource();
        var slow = client.GetAsync(new Uri(SlowUrl("wait"), UriKind.Relative), leaving.Token);
        await UntilAsync(async () => await CountAsync("wait") == 1);
        using var refused = await client.AskAsync(SlowUrl("wait"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => slow);
    }

    // The first row comes at once, so that only the tile itself is slow.
    private static string SlowUrl(string mark)
    {
        var sql = $"SELECT ST_Point(1, 2, 4326) AS geom UNION ALL SELECT ST_Point(1, i, 4326) FROM generate_series(1, 60) /* {mark} */ AS i, pg_sleep(0.5 * i)";
        return $"/v3/maps/main/query/0/0/0?q={MapsClient.Escape(sql)}";
    }

    private async Task<long> CountAsync(string mark)
    {
        await using var command = fixture.Database.Owner.CreateCommand(
            "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() AND query LIKE '%/* ' || $1 || ' */%pg_sleep%'");
        command.Parameters.Add(new() { Value = mark });
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await condition()) await Task.Delay(TimeSpan.FromMilliseconds(50), limit.Token);
    }
}
