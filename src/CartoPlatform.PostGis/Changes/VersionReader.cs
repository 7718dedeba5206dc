using CartoPlatform.Contracts.Caching;
using CartoPlatform.PostGis.Connections;
using Npgsql;

namespace CartoPlatform.PostGis.Changes;

/// <summary>The versions of some relations in one snapshot.</summary>
/// <param name="Incarnation">What they count from.</param>
/// <param name="Versions">By oid, for every relation that was asked for.</param>
/// <param name="AreAllWatched">False where one of them can change without being noticed.</param>
internal sealed record ReadVersions(string Incarnation, IReadOnlyDictionary<uint, long> Versions, bool AreAllWatched)
{
    public bool Equals(ReadVersions? other) =>
        other is not null && Incarnation == other.Incarnation && AreAllWatched == other.AreAllWatched && Versions.Count == other.Versions.Count
        && Versions.All(pair => other.Versions.TryGetValue(pair.Key, out var version) && version == pair.Value);

    public override int GetHashCode() => Incarnation.GetHashCode(StringComparison.Ordinal);
}

/// <summary>
/// Asks a database for versions; of one that is not watched, for PostgreSQL's own counters. Where its changes are followed, all who ask
/// at the same time wait for one question of <see cref="ChangePoller"/>'s, in place of one of each one's own.
/// </summary>
internal sealed class VersionReader(NpgsqlDataSource dataSource, TimeProvider time)
{
    // A database that begins to be watched is noticed so much later.
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(5);

    // Who has not spoken for so long is not waited for.
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan HearingLimit = TimeSpan.FromMilliseconds(50);

    private readonly WatchedRelations _watched = new(AskAgainAfter, time);
    private ChangePoller? _poller;
    private long? _unwatchedAt;

    /// <summary>From now on this one is asked first; null where nobody follows the database.</summary>
    public void Follow(ChangePoller? poller) => Volatile.Write(ref _poller, poller);

    /// <summary>As they are now, or in a moment; null where nothing is known of versions.</summary>
    public ValueTask<ReadVersions?> ReadAsync(IReadOnlyCollection<uint> relations, CancellationToken cancellationToken) =>
        ReadAsync(relations, time.GetTimestamp(), cancellationToken);

    /// <summary>As they were at this timestamp or later: what has been heard of changes since then will do.</summary>
    public async ValueTask<ReadVersions?> ReadAsync(IReadOnlyCollection<uint> relations, long since, CancellationToken cancellationToken)
    {
        if (_unwatchedAt is { } at && time.GetElapsedTime(at) < AskAgainAfter) return await CountAsync(relations, cancellationToken);
        if (await HearAsync(relations, since, cancellationToken) is { } heard) return heard;
        try
        {
            return await ReadNowAsync("SELECT incarnation, relation, version, is_watched FROM carto.versions($1)", relations, cancellationToken);
        }
        catch (PostgresException exception) when (IsNotInstalled(exception.SqlState))
        {
            _unwatchedAt = time.GetTimestamp();
            return await CountAsync(relations, cancellationToken);
        }
    }

    internal static bool IsNotInstalled(string sqlState) => sqlState
        is PostgresErrorCodes.UndefinedFunction or PostgresErrorCodes.InvalidSchemaName or PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InsufficientPrivilege;

    /// <returns>Null where that cannot be told by what is heard of changes.</returns>
    private async ValueTask<ReadVersions?> HearAsync(IReadOnlyCollection<uint> relations, long since, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _poller) is not { State: { } last } poller || time.GetElapsedTime(last.HeardAt) > Silence || !_watched.Know(last, relations)) return null;
        if (last.HeardAt >= since) return Versions(last, relations);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(HearingLimit);
        await poller.HearAsync(since, limit.Token);
        cancellationToken.ThrowIfCancellationRequested();
        return poller.State is { } state && state.HeardAt >= since && _watched.Know(state, relations) ? Versions(state, relations) : null;
    }

    private static ReadVersions Versions(VersionState state, IReadOnlyCollection<uint> relations) =>
        new(state.Incarnation, relations.ToDictionary(relation => relation, state.VersionOf), AreAllWatched: true);

    private async Task<ReadVersions?> CountAsync(IReadOnlyCollection<uint> relations, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadNowAsync(CounterSql.Versions, relations, cancellationToken);
        }
        catch (PostgresException exception) when (IsNotInstalled(exception.SqlState))
        {
            // Something that speaks PostgreSQL's protocol and keeps no such statistics.
            return null;
        }
    }

    private async Task<ReadVersions> ReadNowAsync(string sql, IReadOnlyCollection<uint> relations, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var read = await PreparedStatements.UseAsync(connection, session => ReadAsync(session, sql, relations, cancellationToken));
        if (read.AreAllWatched) _watched.Remember(read);
        return read;
    }

    private static async Task<ReadVersions> ReadAsync(NpgsqlConnection connection, string sql, IReadOnlyCollection<uint> relations, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = relations.ToArray(), DataTypeName = "oid[]" });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var versions = new Dictionary<uint, long>();
        var (incarnation, areAllWatched) = ("", true);
        while (await reader.ReadAsync(cancellationToken))
        {
            incarnation = reader.GetString(0);
            versions[await reader.GetFieldValueAsync<uint>(1, cancellationToken)] = reader.GetInt64(2);
            areAllWatched &= reader.GetBoolean(3);
        }

        return new ReadVersions(incarnation, versions, areAllWatched);
    }
}
