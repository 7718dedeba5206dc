using System.Net;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.Redis;
using CartoPlatform.Testing.Platform;
using CartoPlatform.Traffic.Limits;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CartoPlatform.Traffic.Tests.Limits;

/// <summary>One edge's limits.</summary>
internal sealed class Limiters : IAsyncDisposable
{
    private Limiters(LimitOptions options, RedisConnection redis, TimeProvider time)
    {
        Redis = redis;
        Quotas = new MonthlyQuotas(time);
        Rates = new RateLimiter(options, Quotas, redis, time);
        Queries = new QueryTurns(options, new SharedPlaces(redis, time), time);
    }

    public RedisConnection Redis { get; }

    public RateLimiter Rates { get; }

    public MonthlyQuotas Quotas { get; }

    public QueryTurns Queries { get; }

    /// <param name="options">The limits.</param>
    /// <param name="redis">Address of a Redis; null for none.</param>
    /// <param name="time">The clock; null for the machine's.</param>
    public static async Task<Limiters> StartAsync(LimitOptions options, string? redis = null, TimeProvider? time = null)
    {
        var connection = new RedisConnection(
            Options.Create(new RedisOptions { ConnectionString = redis, CommandTimeLimit = TimeSpan.FromSeconds(5) }), TimeProvider.System, NullLogger<RedisConnection>.Instance);
        if (redis is not null) await Wait.UntilAsync("Redis is connected", () => Task.FromResult(connection.IsConnected), TimeSpan.FromSeconds(20));
        return new Limiters(options, connection, time ?? TimeProvider.System);
    }

    public static TokenRecord Token(CallerLimits? limits = null) =>
        new() { Id = Guid.NewGuid(), AccountId = Guid.NewGuid(), Grants = [], AllowedApis = ["maps"], Limits = limits };

    public ValueTask<Verdict> AskAsync(TokenRecord? token, IPAddress? address = null) => Rates.TakeAsync(token, address, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await Queries.DisposeAsync();
        await Redis.DisposeAsync();
    }
}
