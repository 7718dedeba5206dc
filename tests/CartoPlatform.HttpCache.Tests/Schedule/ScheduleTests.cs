using CartoPlatform.HttpCache.Tests.Hosting;
using CartoPlatform.Testing.Network;
using CartoPlatform.Testing.Redis;
using Npgsql;

namespace CartoPlatform.HttpCache.Tests.Schedule;

/// <summary>
/// Writers, long transactions, readers and faults in a random order over three replicas that share a Redis; the database is the oracle.
/// One replica hears of changes from another, and all reach the database over a link that fails. CARTO_TEST_LONG=1: ten minutes.
/// </summary>
public sealed class ScheduleTests(CacheFixture fixture) : IClassFixture<CacheFixture>
{
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("CARTO_TEST_LONG") == "1";
    private static readonly TimeSpan Duration = IsLong ? TimeSpan.FromMinutes(10) : TimeSpan.FromSeconds(60);

    // docs/cache.md: all agree within so much of a commit.
    private static readonly TimeSpan Agreement = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Nobody_ever_sees_data_older_than_promised()
    {
        var direct = new NpgsqlConnectionStringBuilder(fixture.Database.ReaderConnectionString);
        await using var link = new FaultyLink(direct.Port);
        await using var redis = await RedisServer.StartAsync();
        ReachOver(link);
        var port = CacheFixture.FreePort();
        var sharing = $"--Redis:ConnectionString={redis.Address}";
        CacheHost[] hosts =
        [
            await fixture.StartSharingAsync(sharing, $"--Internal:Port={port}"),
            await fixture.StartSharingAsync(sharing),
            await fixture.StartSharingAsync(sharing, $"--Cache:Feed=http://127.0.0.1:{port}"),
        ];
        var run = new ScheduleRun(fixture, hosts, await fixture.CreateTableAsync(), Agreement, Duration);
        var faults = FailAsync(run, link, redis, new Random(99));
        await run.RunAsync();
        await faults;

        // Something must have been kept, or nothing was shown.
        Assert.Empty(run.Failures);
        Assert.True(run.Hits > 200 * Duration.TotalMinutes, $"{run.Hits} hits of {run.Answers} answers");
        Assert.True(run.Stamped > 20 * Duration.TotalMinutes, $"{run.Stamped} answers under a version");
    }

    private void ReachOver(FaultyLink link)
    {
        var connections = fixture.Maps.Workspace.Connections;
        var main = connections["main"];
        connections["main"] = main with
        {
            Revision = main.Revision + 1,
            ReaderConnectionString = Over(main.ReaderConnectionString),
            WriterConnectionString = Over(main.WriterConnectionString!),
        };

        string Over(string text) => new NpgsqlConnectionStringBuilder(text) { Host = "127.0.0.1", Port = link.Port }.ConnectionString;
    }

    private static async Task FailAsync(ScheduleRun run, FaultyLink link, RedisServer redis, Random random)
    {
        while (run.IsRunning)
        {
            await Task.Delay(random.Next(1_000, 3_000));
            var pause = TimeSpan.FromMilliseconds(random.Next(200, 1_800));
            switch (random.Next(4))
            {
                case 0:
                    await redis.PauseAsync();
                    await Task.Delay(pause);
                    await redis.ResumeAsync();
                    break;
                case 1:
                    await redis.StopAsync();
                    await Task.Delay(pause);
                    await redis.StartAgainAsync();
                    break;
                case 2:
                    link.Hold();
                    await Task.Delay(pause);
                    link.Mend();
                    break;
                default:
                    link.Cut();
                    await Task.Delay(pause);
                    link.Mend();
                    break;
            }
        }
    }
}
