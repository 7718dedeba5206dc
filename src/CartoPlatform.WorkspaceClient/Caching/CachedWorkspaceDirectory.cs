using CartoPlatform.Contracts.Workspace;

namespace CartoPlatform.WorkspaceClient.Caching;

/// <summary>The memory in front of either directory: see <see cref="RecordCacheLimits"/> for how long it is trusted.</summary>
public sealed class CachedWorkspaceDirectory : IWorkspaceDirectory, IDisposable
{
    /// <summary>For how long a record is used without asking for it again: so late at most is a change seen by every process.</summary>
    public static readonly TimeSpan TrustedFor = RecordCacheLimits.Records.FreshFor;

    private const string AllKeys = "all";

    private readonly IWorkspaceDirectory _inner;
    private readonly RecordCache<Guid, TokenRecord> _tokens;
    private readonly RecordCache<string, SigningKeysRecord> _keys;
    private readonly RecordCache<string, ConnectionRecord> _connections;
    private readonly RecordCache<string, NamedSourceRecord> _namedSources;
    private readonly RecordCache<string, string> _definitions;

    internal CachedWorkspaceDirectory(IWorkspaceDirectory inner, Outage outage, TimeProvider time)
    {
        _inner = inner;
        _tokens = new(inner.FindTokenAsync, _ => 1, RecordCacheLimits.Records, outage, time);
        _keys = new((_, cancellationToken) => inner.FindSigningKeysAsync(cancellationToken), _ => 1, RecordCacheLimits.Records, outage, time);
        _connections = new(inner.FindConnectionAsync, _ => 1, RecordCacheLimits.Records, outage, time);
        _namedSources = new(inner.FindNamedSourceAsync, _ => 1, RecordCacheLimits.Records, outage, time);
        _definitions = new(inner.FindMapDefinitionAsync, definition => definition.Length, RecordCacheLimits.Definitions, outage, time);
    }

    /// <summary>How often what is known of tokens, their keys and connections has changed, or may have: until it moves the same records are found.</summary>
    public long Changes => _tokens.Changes + _keys.Changes + _connections.Changes;

    public ValueTask<TokenRecord?> FindTokenAsync(Guid id, CancellationToken cancellationToken) =>
        _tokens.FindAsync(id, cancellationToken);

    public ValueTask<SigningKeysRecord?> FindSigningKeysAsync(CancellationToken cancellationToken) =>
        _keys.FindAsync(AllKeys, cancellationToken);

    public ValueTask<ConnectionRecord?> FindConnectionAsync(string name, CancellationToken cancellationToken) =>
        WorkspaceNames.IsConnection(name) ? _connections.FindAsync(name, cancellationToken) : default;

    public ValueTask<NamedSourceRecord?> FindNamedSourceAsync(string name, CancellationToken cancellationToken) =>
        WorkspaceNames.IsNamedSource(name) ? _namedSources.FindAsync(name, cancellationToken) : default;

    public ValueTask<string?> FindMapDefinitionAsync(string id, CancellationToken cancellationToken) =>
        WorkspaceNames.IsMapDefinitionId(id) ? _definitions.FindAsync(id, cancellationToken) : default;

    public async ValueTask SaveMapDefinitionAsync(string id, string definitionJson, CancellationToken cancellationToken)
    {
        MapDefinitionGuard.Check(id, definitionJson);
        if (_definitions.Peek(id) == definitionJson) return;
        await _inner.SaveMapDefinitionAsync(id, definitionJson, cancellationToken);
        _definitions.Keep(id, definitionJson);
    }

    /// <summary>Records that were read so far are asked for again: something has been changed. Definitions never do.</summary>
    public void AskAgain()
    {
        _tokens.AskAgain();
        _keys.AskAgain();
        _connections.AskAgain();
        _namedSources.AskAgain();
    }

    public void Dispose()
    {
        _tokens.Dispose();
        _keys.Dispose();
        _connections.Dispose();
        _namedSources.Dispose();
        _definitions.Dispose();
    }
}
