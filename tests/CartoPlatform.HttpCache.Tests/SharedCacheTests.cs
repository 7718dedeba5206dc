using System.Net;
using CartoPlatform.HttpCache.Tests.Hosting;
using CartoPlatform.Testing.Platform;
using CartoPlatform.Testing.Redis;

namespace CartoPlatform.HttpCache.Tests;

/// <summary>Replicas that share a real Redis: what one has made the others have, and none is ever worse off for Redis.</summary>
public sealed class SharedCacheTests(CacheFixture fixture) : IClassFixture<CacheFixture>, IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly List<CacheHost> _hosts = [];
    private RedisServer? _redis;

    private RedisServer Redis => _redis!;

    public async Task InitializeAsync() => _redis = await RedisServer.StartAsync("--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lfu");

    public async Task DisposeAsync()
    {
        // All test classes share a server with room for a hundred connections.
        foreach (var host in _hosts) await fixture.StopAsync(host);
        await Redis.DisposeAsync();
    }

    [Theory]
    [InlineData("/v3/maps/main/table?name={0}")]
    [InlineData("/v3/maps/main/table?name={0}&format=tilejson")]
    [InlineData("/v3/maps/main/table/0/0/0?name={0}")]
    [InlineData("/v3/maps/main/table/9/0/0?name={0}")]
    [InlineData("/v3/sql/main/query?q=SELECT id, repeat('x', 3000) AS x FROM {0}")]
    public async Task Answer_of_one_replica_is_a_hit_on_another_and_after_a_restart(string template)
    {
        var url = template.Replace("{0}", await fixture.CreateTableAsync(), StringComparison.Ordinal);
        // Instantiation and TileJSON are kept by address.
        // A busy machine must not look like a Redis that is slow.
        const string Patient = "--Cache:SharedLookLimit=00:00:05";
        var (first, second) = (await StartAsync(Patient), await StartAsync(Patient));
        var made = await AskAsync(first, url);
        Assert.Equal("MISS", made.Cache);
        await Wait.UntilAsync("the other has it", async () => (await AskAsync(second, url, "only-if-cached")).Cache == "HIT", Limit);
        var shared = await AskAsync(second, url);
        Assert.Equal((made.Status, made.Body, made.Header("ETag"), made.Header("Content-Type")), (shared.Status, shared.Body, shared.Header("ETag"), shared.Header("Content-Type")));
        Assert.Equal(0, second.Origin.Requests);
    }

    [Fact]
    public async Task Hundred_equal_cold_requests_on_three_replicas_make_one()
    {
        var table = await fixture.CreateTableAsync();
        // A busy machine must not look like a Redis that is gone.
        string[] patient = ["--Redis:CommandTimeLimit=00:00:05", "--Cache:SharedLookLimit=00:00:05"];
        CacheHost[] hosts = [await StartAsync(patient), await StartAsync(patient), await StartAsync(patient)];
        foreach (var host in hosts) host.Origin.Before = token => Task.Delay(TimeSpan.FromMilliseconds(300), token);
        var url = $"/v3/maps/main/table/0/0/0?name={table}";
        var clients = hosts.Select(host => host.Owner()).ToArray();
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(index => clients[index % 3].AskAsync(url)));
        Assert.Single(answers.Select(answer => answer.Body).Distinct());
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        Assert.Equal(1, hosts.Sum(host => host.Origin.Requests));
        foreach (var client in clients) client.Dispose();
    }

    [Fact]
    public async Task Replica_that_dies_in_its_turn_costs_the_others_its_limit_and_no_more()
    {
        var table = await fixture.CreateTableAsync();
        var (first, second) = (await StartAsync(), await StartAsync());
        var url = $"/v3/maps/main/table/0/0/0?name={table}";
        var holder = await CacheFixture.KeyOfAsync(first, url);
        // As a process leaves it that was killed: taken, and never renewed.
        await using (var redis = await StackExchange.Redis.ConnectionMultiplexer.ConnectAsync(Redis.Address))
            await redis.GetDatabase().StringSetAsync($"carto:cache:turn:{holder}", "dead", TimeSpan.FromSeconds(3));
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var answer = await AskAsync(second, url);
        Assert.True(answer.Status == HttpStatusCode.OK, $"{answer.Status} {answer.Body}");
        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Error_of_one_replica_holds_up_no_other()
    {
        var (first, second) = (await StartAsync(), await StartAsync());
        var table = await fixture.CreateTableAsync();
        first.Origin.Failure = 500;
        var url = $"/v3/maps/main/table/0/0/0?name={table}";
        var asked = new[] { AskAsync(first, url), AskAsync(second, url) };
        var answers = await Task.WhenAll(asked).WaitAsync(Limit);
        Assert.Equal(HttpStatusCode.OK, answers[1].Status);
        // The one that fails may have had its turn before or after the other.
        Assert.True(answers[0].Status is HttpStatusCode.InternalServerError or HttpStatusCode.OK, $"{answers[0].Status}");
    }

    [Fact]
    public async Task Redis_lost_slow_full_or_back_with_old_data_changes_no_answer()
    {
        var table = await fixture.CreateTableAsync();
        var (first, second) = (await StartAsync(), await StartAsync());
        var url = $"/v3/sql/main/query?q=SELECT count(*) AS n FROM {table}";
        await AskAsync(first, url);

        await Redis.PauseAsync();
        await RightAsync(5, "slow");
        await Redis.ResumeAsync();

        await Redis.StopAsync();
        await fixture.Database.ExecuteAsync($"DELETE FROM {table} WHERE id = 1");
        await RightAsync(4, "lost");

        await Redis.StartAgainAsync();
        await Wait.UntilAsync("it is connected again", () => Task.FromResult(first.IsSharing && second.IsSharing), Limit);
        await AskAsync(first, url, "max-age=0");
        await AskAsync(first, $"{url} WHERE id > 0");
        // What is in Redis now is outdated before anybody looks at it again.
        await fixture.Database.ExecuteAsync($"DELETE FROM {table} WHERE id = 2");
        await RightAsync(3, "back with old data");

        await using (var redis = await StackExchange.Redis.ConnectionMultiplexer.ConnectAsync($"{Redis.Address},allowAdmin=true"))
        {
            foreach (var server in redis.GetServers()) await server.ConfigSetAsync("maxmemory", "1");
            foreach (var server in redis.GetServers()) await server.ConfigSetAsync("maxmemory-policy", "noeviction");
        }

        await fixture.Database.ExecuteAsync($"DELETE FROM {table} WHERE id = 3");
        await RightAsync(2, "full");

        async Task RightAsync(int rows, string state)
        {
            foreach (var host in (CacheHost[])[first, second, first, second])
            {
                await Wait.UntilAsync(
                    $"{rows} rows, Redis {state}",
                    async () => await AskAsync(host, url) is { Status: HttpStatusCode.OK } answer && answer.Body.Contains($"\"n\":{rows}", StringComparison.Ordinal),
                    TimeSpan.FromSeconds(5));
            }
        }
    }

    [Fact]
    public async Task Purge_reaches_every_replica_and_says_which()
    {
        var (one, other) = (await fixture.CreateTableAsync(), await fixture.CreateTableAsync());
        var (first, second) = (await StartAsync("--Cache:Replica=one"), await StartAsync("--Cache:Replica=two"));
        string[] urls = [$"/v3/maps/main/table/0/0/0?name={one}", $"/v3/maps/main/table/0/0/0?name={other}"];
        foreach (var host in (CacheHost[])[first, second])
        {
            foreach (var url in urls) await AskAsync(host, url);
        }

        using var owner = first.Owner();
        await Wait.UntilAsync("both are known", async () => (await owner.PostAsync("/v3/cache/purge", """{"tags":["none"]}""")).Body.Contains("\"two\"", StringComparison.Ordinal), Limit);
        var purged = await owner.PostAsync("/v3/cache/purge", $$"""{"tags":["table:main/{{one}}"]}""");
        Assert.Equal(HttpStatusCode.OK, purged.Status);
        Assert.Contains("\"silent\":[]", purged.Body, StringComparison.Ordinal);
        foreach (var host in (CacheHost[])[first, second])
        {
            Assert.Equal(HttpStatusCode.GatewayTimeout, (await AskAsync(host, urls[0], "only-if-cached")).Status);
            Assert.Equal("HIT", (await AskAsync(host, urls[1], "only-if-cached")).Cache);
        }

        await owner.PostAsync("/v3/cache/purge", $$"""{"urls":["{{urls[1]}}&client=whoever"]}""");
        Assert.Equal(HttpStatusCode.GatewayTimeout, (await AskAsync(second, urls[1], "only-if-cached")).Status);
        // Once more is no error, and nothing has stayed in Redis.
        var again = await owner.PostAsync("/v3/cache/purge", """{"everything":true}""");
        Assert.Equal(HttpStatusCode.OK, again.Status);
        Assert.Equal("MISS", (await AskAsync(second, urls[1])).Cache);
    }

    [Fact]
    public async Task Purge_without_redis_says_whom_it_has_not_reached()
    {
        var (first, _) = (await StartAsync("--Cache:Replica=here"), await StartAsync("--Cache:Replica=there"));
        using var owner = first.Owner();
        // Who is there is looked up every few seconds.
        await Wait.UntilAsync("both are known", async () => (await owner.PostAsync("/v3/cache/purge", """{"tags":["none"]}""")).Body.Contains("\"there\"", StringComparison.Ordinal), Limit);
        await Redis.StopAsync();
        await Wait.UntilAsync("Redis is gone", () => Task.FromResult(!first.IsSharing), Limit);
        var purged = await owner.PostAsync("/v3/cache/purge", """{"everything":true}""");
        Assert.Equal(HttpStatusCode.OK, purged.Status);
        using var told = System.Text.Json.JsonDocument.Parse(purged.Body);
        Assert.Equal(["here"], told.RootElement.GetProperty("replicas").EnumerateArray().Select(reply => reply.GetProperty("replica").GetString()));
        Assert.Contains("redis", told.RootElement.GetProperty("silent").EnumerateArray().Select(name => name.GetString()));
        await Redis.StartAgainAsync();
    }

    private async Task<CacheHost> StartAsync(params string[] settings)
    {
        var host = await fixture.StartSharingAsync([$"--Redis:ConnectionString={Redis.Address}", .. settings]);
        _hosts.Add(host);
        return host;
    }

    private static async Task<Answer> AskAsync(CacheHost host, string url, string? cacheControl = null)
    {
        using var client = host.Owner();
        // One public address for all replicas, as behind a load balancer.
        client.DefaultRequestHeaders.Host = "maps.example";
        return await client.AskAsync(url, cacheControl);
    }
}
