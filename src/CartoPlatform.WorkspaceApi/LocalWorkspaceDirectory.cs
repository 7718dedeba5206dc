using CartoPlatform.Contracts.Workspace;
using CartoPlatform.WorkspaceApi.Connections;
using CartoPlatform.WorkspaceApi.MapDefinitions;
using CartoPlatform.WorkspaceApi.NamedSources;
using CartoPlatform.WorkspaceApi.Tokens;
using CartoPlatform.WorkspaceClient;

namespace CartoPlatform.WorkspaceApi;

/// <summary>
/// The directory inside the Workspace API's own process. Its internal routes use it bare: two caches in a row would see a revocation
/// twice as late.
/// </summary>
internal sealed class LocalWorkspaceDirectory(
    TokenStore tokens, ConnectionStore connections, NamedSourceStore namedSources, MapDefinitionStore definitions)
    : IWorkspaceDirectory
{
    public ValueTask<TokenRecord?> FindTokenAsync(Guid id, CancellationToken cancellationToken) =>
        tokens.FindAsync(id, cancellationToken);

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
