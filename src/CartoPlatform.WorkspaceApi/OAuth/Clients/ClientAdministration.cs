using System.Text.Json;
using CartoPlatform.Auth.Administration;
using CartoPlatform.PostGis.Metadata;
using CartoPlatform.WorkspaceApi.Audit;
using CartoPlatform.WorkspaceApi.Metadata;
using CartoPlatform.WorkspaceApi.Visibility;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.OAuth.Clients;

/// <summary>Makes, changes and deletes clients. A change is answered when it holds in every process, for tokens that are out already too.</summary>
internal sealed class ClientAdministration(MetadataDatabase database, ChangeVisibility visibility, TimeProvider time)
{
    /// <summary>The new client and its secret, which is told now and never again; null for one that has none.</summary>
    public async Task<(OAuthClient Client, string? Secret)> CreateAsync(Actor actor, OAuthClient wanted, CancellationToken cancellationToken)
    {
        var secret = wanted.IsMachine ? ClientSecret.New() : null;
        var client = wanted with { SecretHash = secret is null ? null : ClientSecret.Hash(secret) };
        var made = await database.ChangeAsync(
            async connection =>
            {
                await ClientStore.AddAsync(connection, client, cancellationToken);
                await WriteAsync(connection, actor, "oauth_client.create", client, cancellationToken);
                return await ClientStore.FindForChangeAsync(connection, actor, client.Id, cancellationToken);
            },
            cancellationToken);
        return (made ?? client, secret);
    }

    /// <summary>The client as it is now; null where there is none.</summary>
    /// <param name="actor">Who.</param>
    /// <param name="id">Which.</param>
    /// <param name="change">From what it is to what it is to be; null leaves it.</param>
    /// <param name="action">For the audit.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<OAuthClient?> UpdateAsync(
        Actor actor, Guid id, Func<OAuthClient, OAuthClient?> change, string action, CancellationToken cancellationToken)
    {
        var updated = await database.ChangeAsync(
            async connection =>
            {
                if (await ClientStore.FindForChangeAsync(connection, actor, id, cancellationToken) is not { } client || change(client) is not { } wanted) return null;
                var changed = wanted with { UpdatedAt = time.GetUtcNow() };
                await ClientStore.UpdateAsync(connection, changed, cancellationToken);
                await WriteAsync(connection, actor, action, changed, cancellationToken);
                return await ClientStore.FindForChangeAsync(connection, actor, id, cancellationToken);
            },
            cancellationToken);
        if (updated is not null) await visibility.SettleAsync(cancellationToken);
        return updated;
    }

    /// <summary>Null where there is none that it may be done to. Who knows the secret now, answers for the client from now on.</summary>
    public async Task<string?> RenewSecretAsync(Actor actor, Guid id, Func<OAuthClient, bool> mayTake, CancellationToken cancellationToken)
    {
        var secret = ClientSecret.New();
        var renewed = await UpdateAsync(
            actor, id, client => client.IsMachine && mayTake(client) ? client with { SecretHash = ClientSecret.Hash(secret), CreatedBy = actor.Id } : null,
            "oauth_client.renew_secret", cancellationToken);
        return renewed is null ? null : secret;
    }

    /// <summary>False where there is none that may be deleted.</summary>
    public async Task<bool> DeleteAsync(Actor actor, Guid id, Func<OAuthClient, bool> mayDelete, CancellationToken cancellationToken)
    {
        var deleted = await database.ChangeAsync(
            async connection =>
            {
                if (await ClientStore.FindForChangeAsync(connection, actor, id, cancellationToken) is not { } client || !mayDelete(client)) return false;
                await ClientStore.DeleteAsync(connection, id, cancellationToken);
                await WriteAsync(connection, actor, "oauth_client.delete", client, cancellationToken);
                return true;
            },
            cancellationToken);
        if (deleted) await visibility.SettleAsync(cancellationToken);
        return deleted;
    }

    private static Task WriteAsync(NpgsqlConnection connection, Actor actor, string action, OAuthClient client, CancellationToken cancellationToken) =>
        AuditLog.WriteAsync(connection, actor, action, client.Id.ToString(), Describe(client), cancellationToken);

    private static JsonElement Describe(OAuthClient client) => JsonSerializer.SerializeToElement(new
    {
        name = client.Name,
        kind = client.Kind,
        role = client.Role.ToString(),
        scopes = client.Scopes,
        grants = client.Grants?.Select(grant => $"{grant.ConnectionName}:{grant.Source}"),
        allowedApis = client.AllowedApis,
        redirectUris = client.RedirectUris,
        origins = client.Origins,
    });
}
