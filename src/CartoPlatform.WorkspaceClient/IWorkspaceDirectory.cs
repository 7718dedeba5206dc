using CartoPlatform.Contracts.Workspace;

namespace CartoPlatform.WorkspaceClient;

/// <summary>
/// What the other services ask the Workspace API. Two implementations ship: the Workspace API's own, used inside its process
/// (Standalone), and the HTTP client from another process.
/// </summary>
public interface IWorkspaceDirectory
{
    /// <summary>The token with this id, or null where there is none, or it was revoked.</summary>
    ValueTask<TokenRecord?> FindTokenAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>The keys that verify OAuth access tokens now.</summary>
    ValueTask<SigningKeysRecord?> FindSigningKeysAsync(CancellationToken cancellationToken);

    /// <summary>The connection of this name (exact case), or null.</summary>
    ValueTask<ConnectionRecord?> FindConnectionAsync(string name, CancellationToken cancellationToken);

    /// <summary>The named source of this name, or null.</summary>
    ValueTask<NamedSourceRecord?> FindNamedSourceAsync(string name, CancellationToken cancellationToken);

    /// <summary>The map definition stored under this id, or null.</summary>
    ValueTask<string?> FindMapDefinitionAsync(string id, CancellationToken cancellationToken);

    /// <summary>Keeps a definition under its id, which is a hash of it: saving the same one again changes nothing.</summary>
    ValueTask SaveMapDefinitionAsync(string id, string definitionJson, CancellationToken cancellationToken);
}
