using System.Text.Json;
using CartoPlatform.Auth;
using CartoPlatform.Auth.Administration;
using CartoPlatform.PostGis.Metadata;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.WorkspaceApi.Audit;
using CartoPlatform.WorkspaceApi.Bootstrap;
using CartoPlatform.WorkspaceApi.Connections.Providers;
using CartoPlatform.WorkspaceApi.Metadata;
using CartoPlatform.WorkspaceApi.Visibility;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.Connections;

/// <summary>Makes, changes and deletes connections. A change is answered when it holds in every process.</summary>
internal sealed class ConnectionAdministration(
    MetadataDatabase database, ConnectionStore connections, ConnectionTargets targets, ChangeVisibility visibility,
    IOptions<BootstrapOptions> bootstrap, TimeProvider time)
{
    /// <summary>The new connection; or the name of the one that is called so, in whatever case.</summary>
    public async Task<(StoredConnection? Added, string? Taken)> AddAsync(
        Actor actor, string name, IConnectionProvider provider, ConnectionRequest request, ConnectionCredentials credentials, CancellationToken cancellationToken)
    {
        var id = Guid.NewGuid();
        var (added, taken) = await database.ChangeAsync<(StoredConnection?, string?)>(
            async connection =>
            {
                // Not while keys are rotated, nor while somebody else makes one of this name.
                await PlatformLock.TakeAsync(connection, cancellationToken);
                if (await ConnectionStore.FindNameAsync(connection, name, cancellationToken) is { } known) return (null, known);
                await connections.AddAsync(connection, actor.AccountId, actor.Id, request, id, name, provider.Id, credentials, cancellationToken);
                await AuditAsync(connection, actor, "connection.create", name, provider.Describe(credentials), cancellationToken);
                return (await ConnectionStore.FindRowAsync(connection, name, "", cancellationToken), null);
            },
            cancellationToken);
        if (added is not null) await visibility.SettleAsync(cancellationToken);
        return (added, taken);
    }

    /// <summary>The connection as it is now; null where another change has come between.</summary>
    public async Task<StoredConnection?> UpdateAsync(
        Actor actor, StoredConnection known, IConnectionProvider provider, ConnectionRequest request, ConnectionCredentials credentials,
        CancellationToken cancellationToken)
    {
        var updated = await database.ChangeAsync(
            async connection =>
            {
                await PlatformLock.TakeAsync(connection, cancellationToken);
                var current = await ConnectionStore.FindRowAsync(connection, known.Id.ToString(), "FOR UPDATE", cancellationToken);
                if (current is null || current.Revision != known.Revision) return null;
                await connections.UpdateAsync(
                    connection,
                    current with
                    {
                        NamedSourcesOnly = request.NamedSourcesOnly ?? current.NamedSourcesOnly,
                        MaxConnections = request.MaxConnections ?? current.MaxConnections,
                        StatementSeconds = request.StatementSeconds ?? current.StatementSeconds,
                    },
                    credentials, cancellationToken);
                await AuditAsync(connection, actor, "connection.update", current.Name, provider.Describe(credentials), cancellationToken);
                return await ConnectionStore.FindRowAsync(connection, known.Id.ToString(), "", cancellationToken);
            },
            cancellationToken);
        if (updated is not null) await visibility.SettleAsync(cancellationToken);
        return updated;
    }

    /// <summary>Whether the configuration makes it at every start.</summary>
    public bool IsConfigured(string name) => bootstrap.Value.Connections.Any(own => own.Name == name);

    /// <summary>Hosts that the configuration itself names for it.</summary>
    public IReadOnlyList<string> TrustedHosts(string name) => targets.TrustedHosts(name);

    /// <summary>
    /// What goes on using the connection moves to the target; without one it must be unused. Else what uses it, or why this one may not
    /// move it, and nothing is changed.
    /// </summary>
    public async Task<(ConnectionUse Use, ApiError? Error)> DeleteAsync(
        Principal giver, Actor actor, StoredConnection doomed, StoredConnection? target, CancellationToken cancellationToken)
    {
        var (use, error) = await database.ChangeAsync<(ConnectionUse, ApiError?)>(
            async connection =>
            {
                await ConnectionStore.FindRowAsync(connection, doomed.Id.ToString(), "FOR UPDATE", cancellationToken);
                var found = await ConnectionUse.FindAsync(connection, doomed.Name, cancellationToken);
                if (found.Any && target is null) return (found, null);
                if (target is not null)
                {
                    var references = await ConnectionReferences.FindAsync(connection, doomed.Name, cancellationToken);
                    if (references.Refuse(giver, target.Name, await ConnectionMakers.ReadAsync(connection, cancellationToken)) is { } refused) return (found, refused);
                    await references.MoveAsync(connection, target.Name, time.GetUtcNow(), cancellationToken);
                }

                await ConnectionStore.DeleteAsync(connection, doomed.Id, cancellationToken);
                await AuditAsync(connection, actor, "connection.delete", doomed.Name, new { movedTo = target?.Name }, cancellationToken);
                return (ConnectionUse.None, null);
            },
            cancellationToken);
        if (!use.Any && error is null) await visibility.SettleAsync(cancellationToken);
        return (use, error);
    }

    private static Task AuditAsync(
        NpgsqlConnection connection, Actor actor, string action, string name, object details, CancellationToken cancellationToken) =>
        AuditLog.WriteAsync(connection, actor, action, name, JsonSerializer.SerializeToElement(details), cancellationToken);
}
