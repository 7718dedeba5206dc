using System.Collections.Concurrent;
using Microsoft.Extensions.Caching.Memory;

namespace CartoPlatform.WorkspaceClient.Caching;

/// <summary>
/// What was read from the Workspace API, by key: one read at a time for a key, asked again when an entry is no longer fresh, and used
/// on for a bounded grace while asking fails. "There is none" is never kept, so what is made is seen at once. Whether it succeeds or fails, a
/// read says something about the time from its beginning on, and nothing later: a change is seen in time at the end of an outage, too.
/// </summary>
internal sealed class RecordCache<TKey, TRecord>(
    Func<TKey, CancellationToken, ValueTask<TRecord?>> read,
    Func<TRecord, long> sizeOf,
    RecordCacheLimits limits,
    OutageLog outages,
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
        var known = _entries.Get<Entry>(key);
        if (known is not null && IsFresh(known))
        {
            if (IsToBeAskedEarly(known) && !_flights.ContainsKey(key)) _ = ForgetAsync(_flights.GetOrAdd(key, StartFlight).Reading.Value);
            return known.Record;
        }

        // The read is shared, so it outlives a caller who leaves; it has a time limit of its own.
        var flight = _flights.GetOrAdd(key, StartFlight);
        // One that hangs may bring what was before a change that has been answered since: whoever comes so late asks anew.
        if (time.GetElapsedTime(flight.StartedAt) >= limits.FreshFor)
        {
            var next = StartFlight(key);
            flight = _flights.TryUpdate(key, next, flight) ? next : _flights.GetOrAdd(key, next);
        }

        return await flight.Reading.Value.WaitAsync(cancellationToken);
    }

    public TRecord? Peek(TKey key) => _entries.Get<Entry>(key)?.Record;

    public void Keep(TKey key, TRecord record)
    {
        var now = time.GetTimestamp();
        Keep(key, new Entry(record, AskedAt: now, ConfirmedAt: now, FailedAfter: null));
    }

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

    // Where it takes its time to fail, the next attempt is over before this one is too old, and nobody has to wait.
    private bool IsToBeAskedEarly(Entry entry) => entry.FailedAfter is { } taken && time.GetElapsedTime(entry.AskedAt) + 2 * taken >= limits.FreshFor;

    // What came of it is in the entry.
    private static async Task ForgetAsync(Task<TRecord?> reading) => await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private Flight StartFlight(TKey key)
    {
        Flight? self = null;
        self = new Flight(time.GetTimestamp(), new Lazy<Task<TRecord?>>(async () =>
        {
            try
            {
                return await ReadAsync(key, self!);
            }
            finally
            {
                // It was put there before it was begun.
                _flights.TryRemove(KeyValuePair.Create(key, self!));
            }
        }));
        return self;
    }

    private async Task<TRecord?> ReadAsync(TKey key, Flight flight)
    {
        // The age counts from before the read: what changes during it is seen in time too.
        var askedAt = time.GetTimestamp();
        try
        {
            var record = await ReadInTimeAsync(key);
            outages.End();
            // Another one has begun since, and knows better.
            if (!_flights.TryGetValue(key, out var current) || current != flight) return record;
            if (record is null) Remove(key);
            else Keep(key, new Entry(record, askedAt, ConfirmedAt: askedAt, FailedAfter: null));
            return record;
        }
        catch (WorkspaceUnavailableException exception) when (_entries.Get<Entry>(key) is { } known && InGrace(known))
        {
            outages.Begin(exception);
            Keep(key, known with { AskedAt = askedAt, FailedAfter = time.GetElapsedTime(askedAt) });
            return known.Record;
        }
    }

    private async ValueTask<TRecord?> ReadInTimeAsync(TKey key)
    {
        var within = _entries.Get<Entry>(key) is { FailedAfter: not null } ? limits.AnswerWithinOutage : limits.AnswerWithin;
        using var limit = new CancellationTokenSource(within);
        try
        {
            return await read(key, limit.Token);
        }
        catch (OperationCanceledException exception) when (limit.IsCancellationRequested)
        {
            throw new WorkspaceUnavailableException($"there was no answer within {within.TotalSeconds} s", exception);
        }
    }

    private bool InGrace(Entry entry) => time.GetElapsedTime(entry.ConfirmedAt) < limits.GraceFor;

    private void Keep(TKey key, Entry entry)
    {
        _entries.Set(key, entry, new MemoryCacheEntryOptions { Size = sizeOf(entry.Record) });
        Interlocked.Increment(ref _changes);
    }

    private void Remove(TKey key)
    {
        _entries.Remove(key);
        Interlocked.Increment(ref _changes);
    }

    private sealed class Flight(long startedAt, Lazy<Task<TRecord?>> reading)
    {
        public long StartedAt => startedAt;

        public Lazy<Task<TRecord?>> Reading => reading;
    }

    // AskedAt: timestamp of the beginning of the latest read, whether it succeeded or not. ConfirmedAt: of the latest that succeeded. FailedAfter:
    // what the latest took to fail, if it did.
    private sealed record Entry(TRecord Record, long AskedAt, long ConfirmedAt, TimeSpan? FailedAfter);
}
