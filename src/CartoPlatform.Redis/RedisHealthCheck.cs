using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CartoPlatform.Redis;

/// <summary>Without Redis the platform is slower and its replicas share less, but it works: degraded at the worst.</summary>
internal sealed class RedisHealthCheck(RedisConnection redis) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var answered = await redis.TryAsync<TimeSpan?>(async database => await database.PingAsync());
        return answered is null
            ? HealthCheckResult.Degraded("it does not answer; the platform goes on without")
            : HealthCheckResult.Healthy();
    }
}
