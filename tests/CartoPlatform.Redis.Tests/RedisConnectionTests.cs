using System.Collections.Concurrent;
using System.Diagnostics;
using CartoPlatform.Testing.Platform;
using CartoPlatform.Testing.Redis;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace CartoPlatform.Redis.Tests;

/// <summary>What a user of the connection sees while a real server comes, goes, stalls and wants a password.</summary>
public sealed class RedisConnectionTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Without_an_address_nothing_is_asked()
    {
        await using var redis = Connect(new RedisOptions());
        Assert.Equal((false, null), (redis.IsConfigured, redis.Database));
        Assert.Null(await redis.PublishAsync("x", "y"));
    }

    [Fact]
    public async Task Server_that_is_lost_fails_nobody_and_is_found_again()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = Connect(new RedisOptions { ConnectionString = server.Address });
        await Wait.UntilAsync("it is connected", () => Task.FromResult(redis.IsConnected), Limit);
        Assert.True(await redis.TryAsync(database => database.StringSetAsync(redis.Key("a"), "1")));

        await server.StopAsync();
        await Wait.UntilAsync("the loss is noticed", () => Task.FromResult(!redis.IsConnected), Limit);
        Assert.Null(await redis.TryAsync<string?>(async database => await database.StringGetAsync(redis.Key("a"))));

        await server.StartAgainAsync();
        await Wait.UntilAsync("it is connected again", () => Task.FromResult(redis.IsConnected), Limit);
        await Wait.UntilAsync("it answers", () => redis.TryAsync(database => database.StringSetAsync(redis.Key("a"), "2")), Limit);
    }

    [Fact]
    public async Task Server_that_stalls_costs_no_more_than_the_time_limit()
    {
        await using var server = await RedisServer.StartAsync();
        await using var redis = Connect(new RedisOptions { ConnectionString = server.Address, CommandTimeLimit = TimeSpan.FromMilliseconds(100) });
        await Wait.UntilAsync("it answers", () => redis.TryAsync(database => database.StringSetAsync(redis.Key("a"), "1")), Limit);
        await server.PauseAsync();
        var clock = Stopwatch.StartNew();
        var answer = await redis.TryAsync<string?>(async database => await database.StringGetAsync(redis.Key("a")));
        await server.ResumeAsync();
        Assert.Null(answer);
        // The client library looks once a second for what has waited too long.
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Message_reaches_every_listener_before_and_after_a_restart()
    {
        await using var server = await RedisServer.StartAsync();
        await using var one = Connect(new RedisOptions { ConnectionString = server.Address });
        await using var other = Connect(new RedisOptions { ConnectionString = server.Address });
        var heard = new ConcurrentQueue<string>();
        one.Subscribe("news", value => heard.Enqueue(value!));
        await Wait.UntilAsync("the first is heard", async () => await other.PublishAsync("news", "first") > 0 && heard.Contains("first"), Limit);
        await server.StopAsync();
        await server.StartAgainAsync();
        await Wait.UntilAsync("the second is heard", async () => await other.PublishAsync("news", "second") > 0 && heard.Contains("second"), Limit);
    }

    /// <summary>As after a fail-over at times: what was subscribed is lost, and all else works.</summary>
    [Fact]
    public async Task Connection_that_hears_nothing_any_more_is_made_anew()
    {
        await using var server = await RedisServer.StartAsync("--user", "carto", "on", ">secret", "~*", "&carto:*", "+@all");
        await using var administrator = Connect(new RedisOptions { ConnectionString = server.Address });
        await using var listener = Connect(new RedisOptions { ConnectionString = server.Address, User = "carto", Password = "secret", EchoInterval = TimeSpan.FromMilliseconds(100) });
        var heard = new ConcurrentQueue<string>();
        listener.Subscribe("news", value => heard.Enqueue(value!));
        await Wait.UntilAsync("the first is heard", async () => await administrator.PublishAsync("news", "first") > 0 && heard.Contains("first"), Limit);

        // Whoever listens is sent away, and refused when he comes back.
        Assert.NotNull(await administrator.TryAsync(database => database.ExecuteAsync("ACL", "SETUSER", "carto", "resetchannels")));
        await Wait.UntilAsync("he is refused", async () => Texts(await administrator.TryAsync(database => database.ExecuteAsync("ACL", "LOG"))).Contains("carto:news"), Limit);
        Assert.NotNull(await administrator.TryAsync(database => database.ExecuteAsync("ACL", "SETUSER", "carto", "&carto:*")));

        await Wait.UntilAsync("the second is heard", async () => await administrator.PublishAsync("news", "second") > 0 && heard.Contains("second"), Limit);
    }

    [Fact]
    public async Task Password_and_user_are_sent()
    {
        await using var server = await RedisServer.StartAsync("--user", "default", "off", "--user", "carto", "on", ">secret", "~*", "&*", "+@all");
        await using var redis = Connect(new RedisOptions { ConnectionString = server.Address, User = "carto", Password = "secret" });
        await Wait.UntilAsync("it answers", () => redis.TryAsync(database => database.StringSetAsync(redis.Key("a"), "1")), Limit);
        await using var refused = Connect(new RedisOptions { ConnectionString = server.Address, User = "carto", Password = "wrong" });
        Assert.False(await Wait.TryUntilAsync(() => Task.FromResult(refused.IsConnected), TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task Server_with_tls_and_a_user_is_used_where_its_authority_is_trusted_and_its_name_is_right()
    {
        await using var server = await RedisServer.StartTlsAsync("carto", "secret");
        var options = new RedisOptions { ConnectionString = $"rediss://carto:secret@{server.Address}", CertificateAuthorityFile = server.AuthorityFile };
        await using var redis = Connect(options);
        await Wait.UntilAsync("it answers", () => redis.TryAsync(database => database.StringSetAsync(redis.Key("a"), "1")), Limit);

        await using var distrusting = Connect(new RedisOptions { ConnectionString = options.ConnectionString });
        await using var plain = Connect(new RedisOptions { ConnectionString = server.Address, User = "carto", Password = "secret" });
        Assert.False(await Wait.TryUntilAsync(() => Task.FromResult(distrusting.IsConnected || plain.IsConnected), TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task Sentinel_tells_the_master()
    {
        await using var server = await RedisServer.StartAsync();
        await using var sentinel = await RedisServer.StartSentinelAsync("main", server.Port);
        await using var redis = Connect(new RedisOptions { Sentinels = [sentinel.Address], SentinelMaster = "main" });
        await Wait.UntilAsync("it answers", () => redis.TryAsync(database => database.StringSetAsync(redis.Key("a"), "1")), Limit);
    }

    /// <summary>All texts of an answer, however deep they are.</summary>
    private static IEnumerable<string> Texts(RedisResult? result) => result switch
    {
        null => [],
        { Resp2Type: ResultType.Array } => ((RedisResult[]?)result ?? []).SelectMany(Texts),
        _ => [result.ToString()],
    };

    private static RedisConnection Connect(RedisOptions options) =>
        new(Options.Create(options), TimeProvider.System, NullLogger<RedisConnection>.Instance);
}
