using System.Collections.Concurrent;
using CartoPlatform.WorkspaceClient;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CartoPlatform.PostGis.Connections;

/// <summary>The databases that this process has open, one <see cref="DatabasePool"/> per connection, login and revision.</summary>
public sealed class ConnectionPools(IWorkspaceDirectory workspace, IOptions<PoolOptions> options, TimeProvider time) : IAsyncDisposable
{
    /// <summary>Longer than any request runs: a pool that has not been asked for since is nobody's any more.</summary>
    private static readonly TimeSpan IdleAfter = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<Guid, DatabasePool> _pools = new();
    private readonly Lock _gate = new();

    /// <summary>The pool of the connection of this name, opened on first use; null where there is no such connection.</summary>
    public ValueTask<DatabasePool?> FindAsync(string name, CancellationToken cancellationToken) => FindAsync(name, null, cancellationToken);

    /// <summary>The same for a login of it, as a token names it; null also where the connection has no such login.</summary>
    public async ValueTask<DatabasePool?> FindAsync(string name, string? login, CancellationToken cancellationToken)
    {
        var connection = await workspace.FindConnectionAsync(name, cancellationToken);
        if (connection is null || ConnectionLogins.For(connection, login) is not { } record) return null;
        if (_pools.TryGetValue(record.Id, out var pool) && pool.Record.Revision == record.Revision)
        {
            pool.UsedAt = time.GetTimestamp();
            return pool;
        }

        DatabasePool? outdated;
        lock (_gate)
        {
            if (_pools.TryGetValue(record.Id, out outdated) && outdated.Record.Revision >= record.Revision) return outdated;
            if (login is not null && outdated is null) outdated = MakeRoom();
            pool = _pools[record.Id] = new DatabasePool(record, options.Value, time) { ConnectionId = connection.Id, Login = login, UsedAt = time.GetTimestamp() };
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

    /// <summary>Takes the pool out that nobody has used for the longest time, where there are as many of logins as there may be.</summary>
    private DatabasePool? MakeRoom()
    {
        var ofLogins = _pools.Where(pool => pool.Value.Login is not null).ToList();
        if (ofLogins.Count < options.Value.MaxLogins) return null;
        var oldest = ofLogins.MinBy(pool => pool.Value.UsedAt);
        if (time.GetElapsedTime(oldest.Value.UsedAt) >= IdleAfter && _pools.TryRemove(oldest)) return oldest.Value;
        throw new NpgsqlException(
            $"{ofLogins.Count} logins are in use, and this process opens no connection pool for more at once ({PoolOptions.Section}:{nameof(PoolOptions.MaxLogins)})", new TimeoutException());
    }
}
