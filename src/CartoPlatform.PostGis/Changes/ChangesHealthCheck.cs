using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CartoPlatform.PostGis.Changes;

/// <summary>How changes of each connection that is read are noticed. No reason to send callers elsewhere, whatever it says.</summary>
internal sealed class ChangesHealthCheck(ChangeFeeds feeds, TimeProvider time) : IHealthCheck
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(2);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var connections = feeds.Followed.ToDictionary(followed => followed.Connection, followed => followed.State switch
        {
            null => "unwatched",
            { } state when time.GetElapsedTime(state.HeardAt) > Silence => "silent",
            { Incarnation: var incarnation } when incarnation.StartsWith(CounterSql.Prefix, StringComparison.Ordinal) => "counters",
            _ => "watched",
        });
        return Task.FromResult(HealthCheckResult.Healthy(data: new Dictionary<string, object> { ["connections"] = connections, ["followed"] = connections.Count }));
    }
}
