using CartoPlatform.PostGis.Metadata;
using CartoPlatform.WorkspaceClient;
using Dapper;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CartoPlatform.WorkspaceApi.Metadata;

internal sealed class MetadataHealthCheck(MetadataDatabase database) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await database.AskAsync(
                connection => connection.ExecuteScalarAsync<int>(new CommandDefinition("SELECT 1", cancellationToken: cancellationToken)),
                cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (WorkspaceUnavailableException)
        {
            return HealthCheckResult.Unhealthy("The metadata database cannot be reached");
        }
    }
}
