using System.Collections.Concurrent;
using Microsoft.Extensions.Caching.Memory;

namespace CartoPlatform.WorkspaceClient.Caching;

/// <summary>
/// What was read from the Workspace API, by key: one read at a time for a key, asked again when an entry is no longer fresh, and used
/// on for a bounded grace while there is no answer. "There is none" is never kept, so what is made is seen at once. Whether it succeeds or not, a
/// read says something about the time from its beginning on, and nothing later: a change is seen in time at the end of an outage, too. An answer
/// that nobody has waited for counts all the same, so a slow Workspace API makes a change late, and does not hide it.
/// </summary>
internal sealed class RecordCache<TKey, TRecord>(
    Func<TKey, CancellationToken, ValueTask<TRecord?>> read,
    Func<TRecord, long> sizeOf,
    RecordCacheLimits limits,
    Outage outage,
    TimeProvider time)
    : IDisposable
    where TKey : notnull
    where TRecord : class
{
    // The library's cache only bounds the memory; ages are compared here, by the clock that tests can move.
    private readonly MemoryCache _entries = new(new MemoryCacheOptions { SizeLimit = limits.Capacity });
    private readonly ConcurrentDictionary<TKey, Flight> _flights = new();
    private long _distrustedUntil = long.MinValue;
    private long _changes;

    /// <summary>How often what is known has changed, or may have: equal numbers mean equal answers.</summary>
    public long Changes => Interlocked.Read(ref _changes);

    public async ValueTask<TRecord?> FindAsync(TKey key, CancellationToken cancellationToken)
    {
        if (_entries.Get<Entry>(key) is not { Record: { } known } entry || time.GetElapsedTime(entry.AskedAt) >= limits.GraceFor)
            return await JoinFlight(key).Reading.Value.WaitAsync(cancellationToken);
        if (IsFresh(entry)) return known;
        if (outage.IsSeen(since: Volatile.Read(ref _distrustedUntil), limits.FreshFor))
        {
            if (outage.BeginProbe(limits.FreshFor)) _ = ProbeAsync(key);
            return known;
        }

        var flight = JoinFlight(key);
        return await flight.IsAnswered.Value.WaitAsync(cancellationToken) ? await flight.Reading.Value : known;
    }

    public TRecord? Peek(TKey key) => _entries.Get<Entry>(key)?.Record;

    public void Keep(TKey key, TRecord record) => Keep(key, new Entry(record, AskedAt: time.GetTimestamp()));

    /// <summary>
    /// What was read so far is asked for again, though it still helps over an outage. A read that is under way may bring what was before.
    /// </summary>
    public void AskAgain()
    {
        Volatile.Write(ref _distrustedUntil, time.GetTimestamp());
        Interlocked.Increment(ref _changes);
        _flights.Clear();
    }

    public void Dispose() => _entries.Dispose();

    private bool IsFresh(Entry entry) =>
        entry.AskedAt > Volatile.Read(ref _distrustedUntil) && time.GetElapsedTime(entry.AskedAt) < limits.FreshFor;

    // The read is shared, so it outlives a caller who leaves; it has a time limit of its own.
    private Flight JoinFlight(TKey key)
    {
        var flight = _flights.GetOrAdd(key, CreateFlight);
        // One that hangs may bring what was before a change that has been answered since: whoever comes so late asks anew.
        if (time.GetElapsedTime(flight.StartedAt) >= limits.FreshFor)
        {
            var next = CreateFlight(key);
            flight = _flights.TryUpdate(key, next, flight) ? next : _flights.GetOrAdd(key, next);
        }

        _ = flight.IsAnswered.Value;
        return flight;
    }

    private async Task ProbeAsync(TKey key)
    {
        try
        {
            var flight = CreateFlight(key);
            _flights[key] = flight;
            await flight.IsAnswered.Value;
        }
        finally
        {
            outage.EndProbe();
        }
    }

    private Flight CreateFlight(TKey key)
    {
        Flight? self = null;
        // Neither begins before the flight is among the others, where the read looks for it.
        self = new Flight(time.GetTimestamp(), new(() => ReadAsync(key, self!)), new(() => WatchAsync(self!)));
        return self;
    }

    private async Task<TRecord?> ReadAsync(TKey key, Flight flight)
    {
        try
        {
            var record = await ReadInTimeAsync(key);
            outage.Answered();
            Take(key, flight, record);
            return record;
        }
        finally
        {
            _flights.TryRemove(KeyValuePair.Create(key, flight));
        }
    }

    /// <summary>Whether the read has an answer, or an error that is none of the Workspace API's silence, before those who can go on lose patience.</summary>
    private async Task<bool> WatchAsync(Flight flight)
    {
        var patience = outage.IsOn ? limits.PatienceInOutage : limits.Patience;
        var reading = flight.Reading.Value;
        await ((Task)reading.WaitAsync(patience)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!reading.IsCompleted)
        {
            _ = ForgetAsync(reading);
            outage.Unanswered(flight.StartedAt, $"there was no answer within {patience.TotalSeconds} s");
            return false;
        }

        if (reading.Exception?.InnerException is not WorkspaceUnavailableException unavailable) return true;
        outage.Unanswered(flight.StartedAt, unavailable.Message);
        return false;
    }

    // What comes of it is in the entry.
    private static async Task ForgetAsync(Task reading) => await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async ValueTask<TRecord?> ReadInTimeAsync(TKey key)
    {
        using var limit = new CancellationTokenSource(limits.AnswerWithin);
        try
        {
            return await read(key, limit.Token);
        }
        catch (OperationCanceledException exception) when (limit.IsCancellationRequested)
        {
            throw new WorkspaceUnavailableException($"there was no answer within {limits.AnswerWithin.TotalSeconds} s", exception);
        }
    }

    private void Take(TKey key, Flight flight, TRecord? record)
    {
        var known = _entries.Get<Entry>(key);
        if (!IsLatest(key, flight) && !IsNews(flight, known)) return;
        if (record is not null) Keep(key, new Entry(record, flight.StartedAt));
        else if (known is not null) Keep(key, new Entry(null, flight.StartedAt));
    }

    private bool IsLatest(TKey key, Flight flight) => _flights.TryGetValue(key, out var latest) && latest == flight;

    // A later flight has no answer yet. Of what is not known none may be left because a later one has found that there is none.
    private bool IsNews(Flight flight, Entry? known) =>
        known is not null && known.AskedAt < flight.StartedAt && flight.StartedAt > Volatile.Read(ref _distrustedUntil);

    private void Keep(TKey key, Entry entry)
    {
        var options = new MemoryCacheEntryOptions { Size = entry.Record is { } record ? sizeOf(record) : 1 };
        // That there is none matters only to reads that were begun before.
        if (entry.Record is null) options.AbsoluteExpirationRelativeToNow = 2 * limits.AnswerWithin;
        _entries.Set(key, entry, options);
        Interlocked.Increment(ref _changes);
    }

    private sealed class Flight(long startedAt, Lazy<Task<TRecord?>> reading, Lazy<Task<bool>> isAnswered)
    {
        public long StartedAt => startedAt;

        public Lazy<Task<TRecord?>> Reading => reading;

        public Lazy<Task<bool>> IsAnswered => isAnswered;
    }

    /// <param name="Record">None: there was one, and there is none any more.</param>
    /// <param name="AskedAt">Timestamp of the beginning of the read that brought it.</param>
    private sealed record Entry(TRecord? Record, long AskedAt);
}
