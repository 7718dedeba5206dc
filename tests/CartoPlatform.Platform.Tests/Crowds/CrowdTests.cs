using System.Net;
using CartoPlatform.Testing.Platform;
using Npgsql;

namespace CartoPlatform.Platform.Tests.Crowds;

/// <summary>More slow queries than the database can take, through every process in between.</summary>
[Collection(SharedPlatform.Name)]
public sealed class CrowdTests(PlatformFixture platforms)
{
    private const int Size = 150;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    [Theory, MemberData(nameof(Topologies.Light), MemberType = typeof(Topologies))]
    public async Task Slow_queries_stop_neither_tiles_nor_themselves_for_ever(string topology)
    {
        var platform = await platforms.GetAsync(topology);
        await using var database = PlatformDatabase.Open(platform);
        using var client = TestPlatform.CreateClient(platform);
        var tile = await MapAddress.OfTileAsync(client, platform.Connection, "SELECT id, geom FROM demo.airports", 2, 1, 1);
        // Each of another text: equal ones would be one.
        var slow = $"/v3/sql/{platform.Connection}/query?q={Uri.EscapeDataString("SELECT pg_sleep(600) AS crowd, ")}";
        using var leave = new CancellationTokenSource();
        var crowd = Enumerable.Range(0, Size).Select(index => client.GetAsync($"{slow}{index}", leave.Token)).ToList();
        await Wait.UntilAsync("slow queries run", async () => await RunningAsync(database) > 0, StartLimit);

        for (var again = 0; again < 5; again++)
        {
            using var limit = new CancellationTokenSource(AnswerLimit);
            // Another text each time: no cache answers for the database.
            using var answer = await client.GetAsync($"{tile}&again={again}", limit.Token);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        var first = await Task.WhenAny(crowd);
        using (var refused = await first)
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.NotNull(refused.Headers.RetryAfter);
        }

        await leave.CancelAsync();
        await Wait.UntilAsync("slow queries have stopped", async () => await RunningAsync(database) == 0, StartLimit);
        using var after = await client.GetAsync($"/v3/sql/{platform.Connection}/query?q=SELECT+1");
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
    }

    private static Task<long> RunningAsync(NpgsqlDataSource database) => database.ScalarAsync<long>(
        "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep(600) AS crowd%' AND pid <> pg_backend_pid()");
}
