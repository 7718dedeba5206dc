using CartoPlatform.Auth;
using CartoPlatform.Auth.Administration;
using CartoPlatform.Contracts.Workspace;
using Dapper;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.Connections;

/// <summary>Who made which connection.</summary>
internal sealed class ConnectionMakers(IReadOnlyDictionary<string, Guid?> makers)
{
    /// <summary>Where those who ask administer what others made, and so nobody needs to know whose a connection is.</summary>
    public static readonly ConnectionMakers Unknown = new(new Dictionary<string, Guid?>());

    public static async Task<ConnectionMakers> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<(string Name, Guid? Maker)>(new CommandDefinition(
            "SELECT name, created_by FROM platform.connections", cancellationToken: cancellationToken));
        return new ConnectionMakers(rows.ToDictionary(row => row.Name, row => row.Maker, StringComparer.Ordinal));
    }

    /// <summary>Whether he administers all connections that the grants name; every one, <c>*</c>, is also those that others have made or will make.</summary>
    public bool AreAdministeredBy(Principal principal, IReadOnlyList<GrantRecord> grants)
    {
        var actor = Actor.Of(principal, null);
        return actor.SeesAll || grants.All(grant => makers.TryGetValue(grant.ConnectionName, out var maker) && actor.Administers(maker));
    }
}
