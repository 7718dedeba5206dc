using CartoPlatform.PostGis.Metadata;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.WorkspaceApi.Metadata;
using CartoPlatform.WorkspaceApi.OAuth.Clients;

namespace CartoPlatform.WorkspaceApi.OAuth.Tokens;

/// <summary>Client credentials (RFC 6749, section 4.4): a machine that has proved who it is gets a token on its own account.</summary>
internal sealed class MachineTokens(MetadataDatabase database, AccessTokenIssuer issuer)
{
    public async ValueTask<(IssuedToken? Token, ApiError? Error)> IssueAsync(OAuthClient client, OAuthForm form, string address, CancellationToken cancellationToken)
    {
        var asked = OAuthScopes.Split(form["scope"]);
        if (asked.FirstOrDefault(scope => !client.Scopes.Contains(scope)) is { } beyond) return (null, OAuthError.Scope(beyond));
        var scopes = asked.Count == 0 ? client.Scopes : asked;
        return (await database.ChangeAsync(
            connection => issuer.IssueAsync(connection, client, user: null, scopes, address, cancellationToken), cancellationToken), null);
    }
}
