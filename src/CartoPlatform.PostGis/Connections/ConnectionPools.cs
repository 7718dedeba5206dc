using System.Collections.Concurrent;
using CartoPlatform.WorkspaceClient;
using Microsoft.Extensions.Options;

namespace CartoPlatform.PostGis.Connections;

/// <summary>The databases that this process has open, one <see cref="DatabasePool"/> per connection and revision.</summary>
public sealed class ConnectionPools(IWorkspaceDirectory workspace, IOptions<PoolOptions> options, TimeProvider time) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Guid, DatabasePool> _pools = new();
    private readonly Lock _gate = new();

    /// <summary>The pool of the connection of this name, opened on first use; null where there is no such connection.</summary>
    public async ValueTask<DatabasePool?> FindAsync(string name, CancellationToken cancellationToken)
    {
        var record = await workspace.FindConnectionAsync(name, cancellationToken);
        if (record is null) return null;
        if (_pools.TryGetValue(record.Id, out var pool) && pool.Record.Revision == record.Revision) return pool;

        DatabasePool? outdated;
        lock (_gate)
        {
            if (_pools.TryGetValue(record.Id, out outdated) && outdated.Record.Revision >= record.Revision) return outdated;
            pool = _pools[record.Id] = new DatabasePool(record, options.Value, time);
        }

        // Connections in use stay open until their statement ends; idle ones close now.
        if (outdated is not null) await outdated.DisposeAsync();
        return pool;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var pool in _pools.Values)
            await pool.DisposeAsync();
    }
}
