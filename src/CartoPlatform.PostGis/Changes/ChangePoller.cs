using System.Collections.Immutable;
using CartoPlatform.Contracts.Caching;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.PostGis.Dialling;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CartoPlatform.PostGis.Changes;

/// <summary>
/// Asks one database every few milliseconds what has changed, and keeps the versions. That is cheaper for writers than to be notified,
/// and an answer is a heartbeat at once: what was heard is as old as the question.
/// </summary>
internal sealed partial class ChangePoller : IAsyncDisposable
{
    // A change is known after half of it, and its transport; a poll of an idle database takes 0.2 ms.
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(25);

    // Where much is written a question takes as long as to read what has come since: then half as many are asked.
    private static readonly TimeSpan BusyPeriod = TimeSpan.FromMilliseconds(50);
    private const long BusyRows = 50;

    private static readonly TimeSpan CountPeriod = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan FoldPeriod = TimeSpan.FromSeconds(1);

    // Rows of the log that are counted again with each question: a fold takes as long as some thousand of them.
    private const long FoldedRows = 2_000;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(5);

    // No row where the same transactions are over as at the last time: to see that takes a third of the time. A standby cannot tell.
    private const string PollSql = """
        SELECT snapshot::text, incarnation, is_complete, relation, version FROM carto.poll($1::pg_snapshot)
        WHERE $2 OR pg_current_snapshot()::text IS DISTINCT FROM $1
        """;

    private readonly NpgsqlDataSource _dataSource;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _connection;
    private readonly string[] _readers;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _hurry = new(0, 1);
    private readonly Task _polling;
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _foldedAt;
    private long _noticedAt;
    private long _unfoldedRows;
    private bool _noticesRoles = true;

    /// <param name="connection">As it is polled, with the logins that are read with as well.</param>
    /// <param name="servers">Where it is.</param>
    /// <param name="time">For ages.</param>
    /// <param name="logger">Told when the database falls silent.</param>
    public ChangePoller(ConnectionRecord connection, ServerAddresses servers, TimeProvider time, ILogger logger)
    {
        (_time, _logger, _connection) = (time, logger, connection.Name);
        string[] readers = [connection.ReaderConnectionString, .. connection.Logins.Select(login => login.ReaderConnectionString)];
        _readers = [.. readers.Select(reader => new NpgsqlConnectionStringBuilder(reader).Username).OfType<string>().Distinct(StringComparer.Ordinal)];
        // Connections of its own: waiting for a free one would be silence.
        _dataSource = servers.Open(new NpgsqlConnectionStringBuilder(connection.ReaderConnectionString)
        {
            ApplicationName = "CartoPlatform changes",
            MaxPoolSize = 2,
            CommandTimeout = 2,
            Timeout = 5,
            Options = "-c jit=off -c default_transaction_isolation=read\\ committed",
        });
        _foldedAt = _noticedAt = time.GetTimestamp();
        _polling = Task.Run(() => RunAsync(_stopping.Token));
    }

    /// <summary>Null while nothing has been heard.</summary>
    public VersionState? State { get; private set; }

    /// <summary>Ends with the next answer.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    /// <summary>Waits for an answer to a question of this timestamp or later, which is asked at once.</summary>
    public async Task HearAsync(long since, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var next = Volatile.Read(ref _next);
            if (State is { } state && state.HeardAt >= since) return;
            Hasten();
            await next.Task.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _polling;
        _stopping.Dispose();
        _hurry.Dispose();
        await _dataSource.DisposeAsync();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        var wasHeard = false;
        while (!cancellationToken.IsCancellationRequested)
        {
            var wait = RetryAfter;
            try
            {
                if (await ListenAsync(() => wasHeard = true, cancellationToken)) continue;
                if (!await TryCountAsync(cancellationToken)) State = null;
                wait = TimeSpan.Zero;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // What was heard last grows old by itself, and what depends on it is not used then.
                if (wasHeard) LogSilence(_connection, exception.Message);
                wasHeard = false;
            }

            if (wait > TimeSpan.Zero) await Task.Delay(wait, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>False where nothing is installed that could be asked.</returns>
    private async Task<bool> ListenAsync(Action heard, CancellationToken cancellationToken)
    {
        try
        {
            await PollOnAsync(heard, cancellationToken);
            return true;
        }
        catch (PostgresException exception) when (VersionReader.IsNotInstalled(exception.SqlState))
        {
            return false;
        }
    }

    private async Task PollOnAsync(Action heard, CancellationToken cancellationToken)
    {
        await using var connection = await _dataSource.OpenConnectionAsync(cancellationToken);
        await using var poll = new NpgsqlCommand(PollSql, connection);
        var last = new NpgsqlParameter { Value = DBNull.Value, DataTypeName = "text" };
        var isStandby = new NpgsqlParameter<bool> { TypedValue = await IsStandbyAsync(connection, cancellationToken) };
        poll.Parameters.Add(last);
        poll.Parameters.Add(isStandby);
        await poll.PrepareAsync(cancellationToken);
        while (true)
        {
            var (asked, counted) = (_time.GetTimestamp(), _unfoldedRows);
            if (await PollAsync(poll, asked, cancellationToken) is { } snapshot) last.Value = snapshot;
            heard();
            var period = _unfoldedRows - counted > BusyRows ? BusyPeriod : Period;
            if (_unfoldedRows > FoldedRows || _time.GetElapsedTime(_foldedAt) > FoldPeriod)
            {
                (_foldedAt, _unfoldedRows) = (_time.GetTimestamp(), 0);
                if (!isStandby.TypedValue)
                {
                    await FoldAsync(connection, cancellationToken);
                    await NoticeRolesAsync(connection, cancellationToken);
                }
                else if (!(isStandby.TypedValue = await IsStandbyAsync(connection, cancellationToken))) last.Value = DBNull.Value; // Promoted: its last snapshot was a standby's.
            }

            var rest = period - _time.GetElapsedTime(asked);
            if (rest > TimeSpan.Zero) await _hurry.WaitAsync(rest, cancellationToken);
        }
    }

    private void Hasten()
    {
        try
        {
            if (_hurry.CurrentCount == 0) _hurry.Release();
        }
        catch (Exception exception) when (exception is SemaphoreFullException or ObjectDisposedException)
        {
            // Somebody else has been quicker, or nobody polls any more.
        }
    }

    // Until it is time to look whether the database has begun to be watched.
    private async Task<bool> TryCountAsync(CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        try
        {
            await using var connection = await _dataSource.OpenConnectionAsync(cancellationToken);
            await using var count = new NpgsqlCommand(CounterSql.Poll, connection);
            while (_time.GetElapsedTime(began) < AskAgainAfter)
            {
                await PollAsync(count, _time.GetTimestamp(), cancellationToken);
                await _hurry.WaitAsync(CountPeriod, cancellationToken);
            }

            return true;
        }
        catch (NpgsqlException exception)
        {
            LogSilence(_connection, exception.Message);
            await Task.Delay(AskAgainAfter, _time, cancellationToken);
            return false;
        }
    }

    /// <returns>What the next question is to begin from; null where that stays as it was.</returns>
    private async Task<string?> PollAsync(NpgsqlCommand poll, long asked, CancellationToken cancellationToken)
    {
        var (snapshot, incarnation, changes) = ((string?)null, "", 0);
        var versions = State?.Versions.ToBuilder();
        await using var reader = await poll.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (await reader.IsDBNullAsync(3, cancellationToken))
            {
                (snapshot, incarnation) = (reader.GetString(0), reader.GetString(1));
                // The first row: what follows replaces what was known, or adds to it.
                if (versions is null || reader.GetBoolean(2)) versions = ImmutableDictionary.CreateBuilder<uint, long>();
                continue;
            }

            var (relation, version) = (await reader.GetFieldValueAsync<uint>(3, cancellationToken), reader.GetInt64(4));
            _unfoldedRows += version - versions!.GetValueOrDefault(relation);
            versions[relation] = version;
            changes++;
        }

        if (snapshot is null && State is { } same)
        {
            Tell(same with { HeardAt = asked });
            return null;
        }

        // A change became visible after the question before this one.
        if (State is { } before && changes > 0 && changes < versions!.Count) ChangeTelemetry.Heard(_time.GetElapsedTime(before.HeardAt));
        Tell(new VersionState(incarnation, versions!.ToImmutable(), asked));
        return snapshot;
    }

    private void Tell(VersionState state)
    {
        State = state;
        Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    private static async Task<bool> IsStandbyAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT pg_is_in_recovery()", connection);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private static async Task FoldAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // Nobody has to wait for the disk: what a crash takes back is counted anew.
        await using var fold = new NpgsqlCommand("SET TRANSACTION READ WRITE; SET LOCAL synchronous_commit = off; SELECT carto.fold()", connection, transaction);
        await fold.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task NoticeRolesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // Not with every fold of a busy log: what roles may changes rarely, and to see that takes as long as to fold.
        if (!_noticesRoles || _time.GetElapsedTime(_noticedAt, _foldedAt) < FoldPeriod) return;
        _noticedAt = _foldedAt;
        try
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await using var notice = new NpgsqlBatch(connection, transaction);
            notice.BatchCommands.Add(new NpgsqlBatchCommand("SET TRANSACTION READ WRITE"));
            notice.BatchCommands.Add(new NpgsqlBatchCommand("SET LOCAL synchronous_commit = off"));
            notice.BatchCommands.Add(new NpgsqlBatchCommand("SELECT carto.notice_roles($1)") { Parameters = { new NpgsqlParameter { Value = _readers, DataTypeName = "name[]" } } });
            await notice.ExecuteNonQueryAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UndefinedFunction)
        {
            _noticesRoles = false;
            LogRolesUnnoticed(_connection);
        }
    }

    [LoggerMessage(2103, LogLevel.Warning, "The connection {Connection} is watched by an older version, which does not notice what roles may: watch it again (carto watch)")]
    private partial void LogRolesUnnoticed(string connection);

    [LoggerMessage(2101, LogLevel.Warning, "Changes of the connection {Connection} are not heard: {Reason}")]
    private partial void LogSilence(string connection, string reason);
}
