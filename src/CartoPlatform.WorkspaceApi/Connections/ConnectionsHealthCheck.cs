using CartoPlatform.WorkspaceApi.Bootstrap;
using CartoPlatform.WorkspaceClient;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace CartoPlatform.WorkspaceApi.Connections;

/// <summary>
/// The database of each connection, by name. One that is down takes its own maps with it and leaves the platform degraded; without one
/// of the configuration's own, the embedded database say, the platform has nothing to show.
/// </summary>
internal sealed class ConnectionsHealthCheck(ConnectionStore connections, IOptions<BootstrapOptions> bootstrap) : IHealthCheck
{
    private const int AtOnce = 16;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var names = await NamesAsync(cancellationToken);
        var problems = new string?[names.Length];
        var together = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, names.Length, together, async (i, token) => problems[i] = await FindProblemAsync(names[i], token));
        return Sum([.. names.Zip(problems)]);
    }

    /// <summary>Those of the configuration alone while the others cannot be asked for, which the check of the metadata tells.</summary>
    private async Task<string[]> NamesAsync(CancellationToken cancellationToken)
    {
        try
        {
            return [.. (await connections.ListAsync(cancellationToken)).Select(connection => connection.Name)];
        }
        catch (WorkspaceUnavailableException)
        {
            return [.. bootstrap.Value.Connections.Select(own => own.Name)];
        }
    }

    private async Task<string?> FindProblemAsync(string name, CancellationToken cancellationToken)
    {
        if (Own(name) is { } own)
            return await DatabaseProbe.FindProblemAsync(own.ReaderConnectionString, cancellationToken);

        try
        {
            // Null when it has just been removed.
            var record = await connections.FindAsync(name, cancellationToken);
            return record is null ? null : await DatabaseProbe.FindProblemAsync(record.ReaderConnectionString, cancellationToken);
        }
        catch (WorkspaceUnavailableException)
        {
            return "not known, the metadata database cannot be reached";
        }
        catch (InvalidOperationException)
        {
            return "its credentials cannot be opened, the key that they were sealed under has changed";
        }
    }

    private HealthCheckResult Sum((string Name, string? Problem)[] found)
    {
        var states = found.ToDictionary(one => one.Name, one => (one.Problem is null ? HealthStatus.Healthy : StatusOf(one.Name)).ToString().ToLowerInvariant());
        var data = new Dictionary<string, object> { ["databases"] = states };
        var down = Array.FindAll(found, one => one.Problem is not null);
        return down.Length == 0
            ? HealthCheckResult.Healthy(data: data)
            : new HealthCheckResult(down.Min(one => StatusOf(one.Name)), string.Join("; ", down.Select(one => $"{one.Name}: {one.Problem}")), data: data);
    }

    private HealthStatus StatusOf(string name) => Own(name) is null ? HealthStatus.Degraded : HealthStatus.Unhealthy;

    private BootstrapConnection? Own(string name) => bootstrap.Value.Connections.FirstOrDefault(own => own.Name == name);
}
