using CartoPlatform.WorkspaceApi.Bootstrap;
using CartoPlatform.WorkspaceClient;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace CartoPlatform.WorkspaceApi.Connections;

/// <summary>
/// The database of each connection, by name. One that is down takes its own maps with it and leaves the platform degraded; without one
/// of the configuration's own, the embedded database say, the platform has nothing to show.
/// </summary>
internal sealed class ConnectionsHealthCheck(
    ConnectionStore connections, ConnectionTargets targets, DatabaseProbe probe, LoginRights rights, IOptions<BootstrapOptions> bootstrap) : IHealthCheck
{
    private const int AtOnce = 16;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var names = await NamesAsync(cancellationToken);
        var problems = new string?[names.Length];
        var mayMore = new bool[names.Length];
        var together = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, names.Length, together, async (i, token) => (problems[i], mayMore[i]) = await ExamineAsync(names[i], token));
        return Sum([.. names.Zip(problems)], [.. names.Where((_, i) => mayMore[i])]);
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

    /// <summary>What is wrong with a connection, and whether SQL of callers runs under a login that may do more than read.</summary>
    private async Task<(string? Problem, bool MayMore)> ExamineAsync(string name, CancellationToken cancellationToken)
    {
        var (login, problem) = Own(name) is { } own ? (own.ReaderConnectionString, null) : await FindLoginAsync(name, cancellationToken);
        problem ??= login is null ? null : await probe.FindProblemAsync(login, targets.TrustedHosts(name), cancellationToken);
        if (login is null || problem is not null) return (problem, false);
        return (null, (await rights.FindWarningsAsync(login, targets.TrustedHosts(name), cancellationToken)).Count > 0);
    }

    /// <summary>Neither when it has just been removed.</summary>
    private async Task<(string? Login, string? Problem)> FindLoginAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return ((await connections.FindAsync(name, cancellationToken))?.ReaderConnectionString, null);
        }
        catch (WorkspaceUnavailableException)
        {
            return (null, "not known, the metadata database cannot be reached");
        }
        catch (InvalidOperationException)
        {
            return (null, "its credentials cannot be opened, the key that they were sealed under has changed");
        }
    }

    private HealthCheckResult Sum((string Name, string? Problem)[] found, string[] unrestricted)
    {
        var states = found.ToDictionary(one => one.Name, one => (one.Problem is null ? HealthStatus.Healthy : StatusOf(one.Name)).ToString().ToLowerInvariant());
        var down = Array.FindAll(found, one => one.Problem is not null);
        var data = new Dictionary<string, object> { ["total"] = found.Length, ["down"] = down.Length, ["unrestricted"] = unrestricted.Length, ["databases"] = states };
        if (unrestricted.Length > 0) data["unrestrictedLogins"] = unrestricted;
        return down.Length == 0
            ? HealthCheckResult.Healthy(data: data)
            : new HealthCheckResult(down.Min(one => StatusOf(one.Name)), string.Join("; ", down.Select(one => $"{one.Name}: {one.Problem}")), data: data);
    }

    private HealthStatus StatusOf(string name) => Own(name) is null ? HealthStatus.Degraded : HealthStatus.Unhealthy;

    private BootstrapConnection? Own(string name) => bootstrap.Value.Connections.FirstOrDefault(own => own.Name == name);
}
