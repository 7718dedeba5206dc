using CartoPlatform.Auth;
using CartoPlatform.Auth.Administration;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.WorkspaceApi.Maps;
using CartoPlatform.WorkspaceApi.OAuth.Clients;
using CartoPlatform.WorkspaceApi.Tokens;
using Dapper;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.Connections;

/// <summary>
/// What names a connection and would go on with another one, locked until the transaction ends: that is a change of each of them, and
/// takes somebody who could make it there.
/// </summary>
internal sealed class ConnectionReferences
{
    private readonly string _name;
    private readonly IReadOnlyList<StoredToken> _tokens;
    private readonly IReadOnlyList<OAuthClient> _clients;
    private readonly IReadOnlyList<MapOfConnection> _maps;
    private readonly IReadOnlyList<(Guid Id, Guid? Holder)> _jobs;

    private ConnectionReferences(
        string name, IReadOnlyList<StoredToken> tokens, IReadOnlyList<OAuthClient> clients, IReadOnlyList<MapOfConnection> maps,
        IReadOnlyList<(Guid Id, Guid? Holder)> jobs)
    {
        _name = name;
        _tokens = tokens;
        _clients = clients;
        _maps = maps;
        _jobs = jobs;
    }

    public static async Task<ConnectionReferences> FindAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        var tokens = await TokenStore.FindOfConnectionAsync(connection, name, cancellationToken);
        var clients = await ClientStore.FindOfConnectionAsync(connection, name, cancellationToken);
        var maps = await MapConnections.FindForMoveAsync(connection, name, cancellationToken);
        var jobs = await connection.QueryAsync<(Guid, Guid?)>(new CommandDefinition(
            "SELECT id, holder_id FROM platform.jobs WHERE connection_name = @name AND status = 'pending' ORDER BY id FOR UPDATE",
            new { name }, cancellationToken: cancellationToken));
        return new ConnectionReferences(name, tokens, clients, maps, jobs.AsList());
    }

    /// <summary>
    /// The error that says what of it this one may not change, or would give more than he has; null when he may move all. An Admin may
    /// move what others made. What datasets of maps read, whoever gets here reads himself: he has all that his role reads.
    /// </summary>
    public ApiError? Refuse(Principal giver, string target, ConnectionMakers makers)
    {
        var actor = Actor.Of(giver, null);
        var tokens = _tokens.Count(token => !MayMove(token));
        var clients = Reaches(AdminArea.Accounts) ? 0 : _clients.Count;
        var jobs = _jobs.Count(job => !actor.Administers(job.Holder));
        var maps = _maps.Count(map => !Reaches(AdminArea.Maps) || !actor.Administers(map.CreatedBy));
        if (tokens + clients + jobs + maps == 0) return null;
        var words = ((int Count, string What)[])[(tokens, "API access tokens"), (clients, "OAuth clients"), (jobs, "SQL jobs"), (maps, "maps")];
        return ApiError.Forbidden(
            $"The connection {_name} is used by what others made, or what reads more than you give: {string.Join(", ", words.Where(word => word.Count > 0).Select(word => $"{word.Count} {word.What}"))}") with
        {
            Details = new Dictionary<string, object?> { ["tokens"] = tokens, ["oauth_clients"] = clients, ["jobs"] = jobs, ["maps"] = maps },
        };

        bool Reaches(AdminArea area) => AdministrationPolicy.Decide(giver, area, AdminRight.Write) == AccessDecision.Allowed;

        bool MayMove(StoredToken token) => Reaches(AdminArea.Tokens) && actor.Administers(token.CreatedBy)
            && GrantRules.Exceeds(giver, Move(token.Record.Grants, target), token.Record.AllowedApis, token.Record.Login, makers) is null;
    }

    /// <summary>Lets all of it name the other connection.</summary>
    public async Task MoveAsync(NpgsqlConnection connection, string target, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var map in _maps) await MapConnections.MoveAsync(connection, map.Id, _name, target, cancellationToken);
        foreach (var token in _tokens)
        {
            var moved = token with { Record = token.Record with { Grants = Move(token.Record.Grants, target) }, UpdatedAt = now };
            await TokenStore.UpdateAsync(connection, moved, cancellationToken);
        }

        foreach (var client in _clients)
            await ClientStore.UpdateAsync(connection, client with { Grants = Move(client.Grants ?? [], target), UpdatedAt = now }, cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(
            "UPDATE platform.jobs SET connection_name = @target WHERE id = ANY (@ids)",
            new { target, ids = _jobs.Select(job => job.Id).ToArray() }, cancellationToken: cancellationToken));
    }

    private List<GrantRecord> Move(IReadOnlyList<GrantRecord> grants, string target) =>
        [.. grants.Select(grant => grant.ConnectionName == _name ? grant with { ConnectionName = target } : grant).Distinct()];
}
