using System.Data.Common;
using Npgsql;
using NpgsqlTypes;

namespace CartoPlatform.PostGis.Connections;

/// <summary>
/// The read replicas of one connection. A replica answers a read when it has replayed everything that the primary had committed when the
/// read began: then it shows what the primary would have shown, and what was said of versions before and after holds for it too. One that
/// lags, is gone or has become a primary of its own is left alone for a moment; the primary answers in its place.
/// </summary>
internal sealed class ReadReplicas : IAsyncDisposable
{
    /// <summary>Streaming takes a fraction of a millisecond on the way; a replica that needs longer is behind.</summary>
    private static readonly TimeSpan CatchUpLimit = TimeSpan.FromMilliseconds(10);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    /// <summary>For one whose server does not answer: it must not hold up a read that the primary would answer by now.</summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan RestAfterFailure = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RestAfterLag = TimeSpan.FromMilliseconds(500);

    private readonly NpgsqlDataSource _primary;
    private readonly Replica[] _replicas;
    private readonly TimeProvider _time;
    private int _turn;

    public ReadReplicas(NpgsqlDataSource primary, IEnumerable<NpgsqlDataSource> replicas, TimeProvider time)
    {
        (_primary, _time) = (primary, time);
        _replicas = [.. replicas.Select(source => new Replica(source))];
    }

    /// <summary>A connection that shows all that is committed now, to a replica where one is fit for it.</summary>
    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) =>
        _replicas.Length == 0 ? _primary.OpenConnectionAsync(cancellationToken) : OpenOnReplicaAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _replicas) await replica.Source.DisposeAsync();
    }

    private async ValueTask<NpgsqlConnection> OpenOnReplicaAsync(CancellationToken cancellationToken)
    {
        NpgsqlLogSequenceNumber? committed = null;
        var first = (uint)Interlocked.Increment(ref _turn);
        for (var offset = 0u; offset < _replicas.Length; offset++)
        {
            var replica = _replicas[(first + offset) % _replicas.Length];
            if (replica.IsResting(_time)) continue;
            committed ??= await CommittedAsync(cancellationToken);
            if (await TryOpenAsync(replica, committed.Value, cancellationToken) is { } connection) return connection;
        }

        return await _primary.OpenConnectionAsync(cancellationToken);
    }

    /// <summary>Where what is called the primary is a standby itself, replicas need not know more than that one does.</summary>
    private async Task<NpgsqlLogSequenceNumber> CommittedAsync(CancellationToken cancellationToken)
    {
        await using var command = _primary.CreateCommand(
            "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END");
        return (NpgsqlLogSequenceNumber)(await command.ExecuteScalarAsync(cancellationToken) ?? NpgsqlLogSequenceNumber.Invalid);
    }

    /// <summary>Asks on the connection that is then used: one that has died unseen in the pool is found out here.</summary>
    private async Task<NpgsqlConnection?> TryOpenAsync(Replica replica, NpgsqlLogSequenceNumber committed, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(AnswerLimit, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        NpgsqlConnection? connection = null;
        try
        {
            connection = await replica.Source.OpenConnectionAsync(both.Token);
            if (await HasReplayedAsync(replica, connection, committed, both.Token))
            {
                (var fit, connection) = (connection, null);
                return fit;
            }

            return null;
        }
        catch (Exception exception) when (exception is DbException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            replica.Rest(_time, RestAfterFailure);
            return null;
        }
        finally
        {
            if (connection is not null) await connection.DisposeAsync();
        }
    }

    private async Task<bool> HasReplayedAsync(Replica replica, NpgsqlConnection connection, NpgsqlLogSequenceNumber committed, CancellationToken cancellationToken)
    {
        // Null from a server that is no standby any more: its history is its own.
        await using var command = new NpgsqlCommand("SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() END", connection);
        var start = _time.GetTimestamp();
        while (true)
        {
            if (await command.ExecuteScalarAsync(cancellationToken) is not NpgsqlLogSequenceNumber replayed)
            {
                replica.Rest(_time, RestAfterFailure);
                return false;
            }

            if (replayed >= committed) return true;
            if (_time.GetElapsedTime(start) > CatchUpLimit)
            {
                replica.Rest(_time, RestAfterLag);
                return false;
            }

            await Task.Delay(Pause, _time, cancellationToken);
        }
    }

    private sealed class Replica(NpgsqlDataSource source)
    {
        private long _restsUntil;

        public NpgsqlDataSource Source => source;

        public bool IsResting(TimeProvider time) => time.GetTimestamp() < Volatile.Read(ref _restsUntil);

        public void Rest(TimeProvider time, TimeSpan duration) =>
            Volatile.Write(ref _restsUntil, time.GetTimestamp() + (long)(duration.TotalSeconds * time.TimestampFrequency));
    }
}
