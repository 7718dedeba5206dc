using CartoPlatform.Contracts.Workspace;
using CartoPlatform.WorkspaceApi.Connections;
using CartoPlatform.WorkspaceApi.MapDefinitions;
using CartoPlatform.WorkspaceApi.Maps;
using CartoPlatform.WorkspaceApi.NamedSources;
using CartoPlatform.WorkspaceApi.OAuth.Keys;
using CartoPlatform.WorkspaceApi.OAuth.Tokens;
using CartoPlatform.WorkspaceApi.SignIn;
using CartoPlatform.WorkspaceApi.Tokens;
using CartoPlatform.WorkspaceClient;

namespace CartoPlatform.WorkspaceApi;

/// <summary>
/// The directory inside the Workspace API's own process. Its internal routes use it bare: two caches in a row would see a revocation
/// twice as late.
/// </summary>
internal sealed class LocalWorkspaceDirectory(
    TokenStore tokens, MapTokens mapTokens, SessionStore sessions, AccessTokenStore accessTokens, SigningKeyStore keys, ConnectionStore connections, NamedSourceStore namedSources,
    MapDefinitionStore definitions)
    : IWorkspaceDirectory
{
    public async ValueTask<TokenRecord?> FindTokenAsync(Guid id, CancellationToken cancellationToken) =>
        await tokens.FindAsync(id, cancellationToken) ?? await mapTokens.FindAsync(id, cancellationToken)
        ?? await sessions.FindAsync(id, cancellationToken) ?? await accessTokens.FindAsync(id, cancellationToken);

    public async ValueTask<SigningKeysRecord?> FindSigningKeysAsync(CancellationToken cancellationToken) => await keys.ListAsync(cancellationToken);

    public ValueTask<ConnectionRecord?> FindConnectionAsync(string name, CancellationToken cancellationToken) =>
        connections.FindAsync(name, cancellationToken);

    public ValueTask<NamedSourceRecord?> FindNamedSourceAsync(string name, CancellationToken cancellationToken) =>
        namedSources.FindRecordAsync(name, cancellationToken);

    public ValueTask<string?> FindMapDefinitionAsync(string id, CancellationToken cancellationToken) =>
        definitions.FindAsync(id, cancellationToken);

    public async ValueTask SaveMapDefinitionAsync(string id, string definitionJson, CancellationToken cancellationToken)
    {
        if (!await definitions.SaveAsync(id, definitionJson, cancellationToken))
            throw new InvalidOperationException($"Another map definition is kept under {id}");
    }
}
