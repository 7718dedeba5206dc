using System.Collections.Concurrent;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.PostGis.Dialling;
using CartoPlatform.WorkspaceClient;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CartoPlatform.PostGis.Connections;

/// <summary>The databases that this process has open, one <see cref="DatabasePool"/> per connection, login and revision.</summary>
public sealed class ConnectionPools(IWorkspaceDirectory workspace, ServerFinder servers, IOptions<PoolOptions> options, TimeProvider time) : IAsyncDisposable
{
    /// <summary>Longer than any request runs: a pool that has not been asked for since is nobody's any more.</summary>
    private static readonly TimeSpan IdleAfter = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<Guid, DatabasePool> _pools = new();
    private readonly CancellationTokenSource _stopping = new();
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
            var wasIdle = time.GetElapsedTime(pool.UsedAt) > IdleAfter;
            pool.UsedAt = time.GetTimestamp();
            if (!pool.IsToBeLookedFor(time)) return pool;
            var look = LookAgainAsync(pool, record, _stopping.Token);
            // Of one that has been idle for long nobody knows any more; others go on with what there is meanwhile.
            if (!wasIdle) return pool;
            if (await look.WaitAsync(cancellationToken) is { } current) return current;
        }

        var found = await servers.FindAsync(record, null, cancellationToken);
        DatabasePool? outdated;
        lock (_gate)
        {
            if (_pools.TryGetValue(record.Id, out outdated) && outdated.Record.Revision >= record.Revision) return outdated;
            if (login is not null && outdated is null) outdated = MakeRoom();
            pool = _pools[record.Id] = Open(record, found, connection.Id, login);
        }

        // Connections in use stay open until their statement ends; idle ones close now.
        if (outdated is not null) await outdated.DisposeAsync();
        return pool;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        foreach (var pool in _pools.Values)
            await pool.DisposeAsync();
        _stopping.Dispose();
    }

    private DatabasePool Open(ConnectionRecord record, ServerAddresses found, Guid connectionId, string? login) =>
        new(record, found, options.Value, time) { ConnectionId = connectionId, Login = login, UsedAt = time.GetTimestamp() };

    /// <summary>The pool of where its servers are now: another one where they have moved. Where they may not be any more, there is none.</summary>
    private async Task<DatabasePool?> LookAgainAsync(DatabasePool pool, ConnectionRecord record, CancellationToken cancellationToken)
    {
        DatabasePool? next = null;
        try
        {
            var found = await servers.FindAsync(record, pool.Servers, cancellationToken);
            if (found.IsSameAs(pool.Servers)) return pool;
            next = Open(record, found, pool.ConnectionId, pool.Login);
        }
        catch (RefusedAddressException)
        {
        }
        catch (Exception exception) when (exception is NpgsqlException or OperationCanceledException)
        {
            // Nobody knows where it is: it stays where it has been.
            return pool;
        }

        // Somebody else has another one in its place where the connection has changed meanwhile.
        var isReplaced = next is null ? _pools.TryRemove(KeyValuePair.Create(record.Id, pool)) : _pools.TryUpdate(record.Id, next, pool);
        if (isReplaced) await pool.DisposeAsync();
        else if (next is not null) await next.DisposeAsync();
        return isReplaced ? next : pool;
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
