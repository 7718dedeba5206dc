using CartoPlatform.WorkspaceApi.Maps;
using Dapper;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.Connections;

/// <summary>What would stop working without a connection.</summary>
/// <param name="Tokens">Valid tokens with a grant that names it.</param>
/// <param name="Clients">OAuth clients with such a grant.</param>
/// <param name="Jobs">SQL jobs that have not ended.</param>
/// <param name="Maps">Maps with a dataset of it.</param>
internal sealed record ConnectionUse(long Tokens, long Clients, long Jobs, long Maps)
{
    public static readonly ConnectionUse None = new(0, 0, 0, 0);

    public bool Any => Tokens > 0 || Clients > 0 || Jobs > 0 || Maps > 0;

    public static async Task<ConnectionUse> FindAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        var maps = await MapConnections.CountAsync(connection, name, cancellationToken);
        var (tokens, clients, jobs) = await connection.QuerySingleAsync<(long, long, long)>(new CommandDefinition(
            """
            SELECT (SELECT count(*) FROM platform.tokens
                    WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
                      AND EXISTS (SELECT FROM jsonb_array_elements(grants) AS g WHERE g ->> 'connectionName' = @name)) AS "Tokens",
                   (SELECT count(*) FROM platform.oauth_clients
                    WHERE EXISTS (SELECT FROM jsonb_array_elements(grants) AS g WHERE g ->> 'connectionName' = @name)) AS "Clients",
                   (SELECT count(*) FROM platform.jobs WHERE connection_name = @name AND finished_at IS NULL) AS "Jobs"
            """,
            new { name }, cancellationToken: cancellationToken));
        return new ConnectionUse(tokens, clients, jobs, maps);
    }
}
