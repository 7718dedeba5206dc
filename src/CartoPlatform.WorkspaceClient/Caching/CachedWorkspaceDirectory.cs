using CartoPlatform.Contracts.Workspace;

namespace CartoPlatform.WorkspaceClient.Caching;

/// <summary>The memory in front of either directory: see <see cref="RecordCacheLimits"/> for how long it is trusted.</summary>
internal sealed class CachedWorkspaceDirectory(IWorkspaceDirectory inner, OutageLog outages, TimeProvider time) : IWorkspaceDirectory, IDisposable
{
    private readonly RecordCache<Guid, TokenRecord> _tokens =
        new(inner.FindTokenAsync, _ => 1, RecordCacheLimits.Records, outages, time);

    private readonly RecordCache<string, ConnectionRecord> _connections =
        new(inner.FindConnectionAsync, _ => 1, RecordCacheLimits.Records, outages, time);

    private readonly RecordCache<string, string> _definitions =
        new(inner.FindMapDefinitionAsync, definition => definition.Length, RecordCacheLimits.Definitions, outages, time);

    public ValueTask<TokenRecord?> FindTokenAsync(Guid id, CancellationToken cancellationToken) =>
        _tokens.FindAsync(id, cancellationToken);

    public ValueTask<ConnectionRecord?> FindConnectionAsync(string name, CancellationToken cancellationToken) =>
        WorkspaceNames.IsConnection(name) ? _connections.FindAsync(name, cancellationToken) : default;

    public ValueTask<string?> FindMapDefinitionAsync(string id, CancellationToken cancellationToken) =>
        WorkspaceNames.IsMapDefinitionId(id) ? _definitions.FindAsync(id, cancellationToken) : default;

    public async ValueTask SaveMapDefinitionAsync(string id, string definitionJson, CancellationToken cancellationToken)
    {
        MapDefinitionGuard.Check(id, definitionJson);
        if (_definitions.Peek(id) == definitionJson) return;
        await inner.SaveMapDefinitionAsync(id, definitionJson, cancellationToken);
        _definitions.Keep(id, definitionJson);
    }

    public void Dispose()
    {
        _tokens.Dispose();
        _connections.Dispose();
        _definitions.Dispose();
    }
}
