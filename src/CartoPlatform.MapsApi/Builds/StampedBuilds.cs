using System.Collections.Concurrent;

namespace CartoPlatform.MapsApi.Builds;

/// <summary>
/// What is made of whole tables in the background, each of one version of its table: one at a time, begun when somebody first asks, and
/// used by those only who ask for that version.
/// </summary>
internal sealed class StampedBuilds<TKey, T>(long maxBytes, TimeProvider time) : IAsyncDisposable
    where TKey : notnull
    where T : class
{
    // A table that changes all the time is not read all the time.
    private const int RestFactor = 5;

    // Nor at all, almost, one that changes before what was made of it is used so often.
    private const int WorthwhileUses = 20;
    private const int MaxWasted = 6;

    private const long LargeBytes = 8 * 1024 * 1024;

    private static readonly TimeSpan LeastRest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RestAfterFailure = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<TKey, Slot> _slots = new();
    private readonly SemaphoreSlim _building = new(1);
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>The product for this version of the data. Null where there is none yet, and then it is being made, or where there can be none.</summary>
    /// <param name="key">What it is made of.</param>
    /// <param name="stamp">The version.</param>
    /// <param name="build">Makes it, and calls the action as soon as it can tell how many bytes it will take. Says so where that failed; it is then tried again in a minute.</param>
    public T? Find(TKey key, long stamp, Func<Action<long>, CancellationToken, Task<Product<T>>> build)
    {
        var slot = _slots.GetOrAdd(key, _ => new Slot());
        lock (slot)
        {
            slot.UsedAt = time.GetTimestamp();
            if (slot.Stamp == stamp)
            {
                slot.Uses++;
                return slot.Value;
            }

            if (slot.Value is not null) slot.Outlive(time.GetUtcNow());
            if (slot.IsBuilding || time.GetUtcNow() < slot.RestsUntil) return null;
            slot.IsBuilding = true;
        }

        slot.Building = Task.Run(() => BuildAsync(slot, stamp, build));
        return null;
    }

    /// <summary>Whether it is known that there can be no product for this version.</summary>
    public bool IsImpossible(TKey key, long stamp)
    {
        if (!_slots.TryGetValue(key, out var slot)) return false;
        lock (slot) return slot.Stamp == stamp && slot.Value is null;
    }

    /// <summary>Forgets what nobody has used for so long, and of the rest what is beyond so many bytes, the least recently used first.</summary>
    public void Trim(TimeSpan idle, long bytes)
    {
        var held = 0L;
        foreach (var (key, slot) in _slots.OrderByDescending(pair => pair.Value.UsedAt).ToArray())
        {
            held += slot.Bytes;
            if ((held > bytes || time.GetElapsedTime(slot.UsedAt) > idle) && !slot.IsBuilding) _slots.TryRemove(key, out _);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_slots.Values.Select(slot => slot.Building));
        _stopping.Dispose();
        _building.Dispose();
    }

    private async Task BuildAsync(Slot slot, long stamp, Func<Action<long>, CancellationToken, Task<Product<T>>> build)
    {
        var product = Product<T>.Failed;
        var rest = RestAfterFailure;
        try
        {
            await _building.WaitAsync(_stopping.Token);
            try
            {
                var started = time.GetTimestamp();
                product = await build(MakeRoom, _stopping.Token);
                var elapsed = time.GetElapsedTime(started);
                if (!product.HasFailed) rest = elapsed * RestFactor > LeastRest ? elapsed * RestFactor : LeastRest;
            }
            finally
            {
                _building.Release();
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return;
        }
        finally
        {
            lock (slot)
            {
                (slot.IsBuilding, slot.Rest, slot.RestsUntil) = (false, rest, time.GetUtcNow() + rest);
                // Without a value but with a stamp: there cannot be one.
                if (product.IsCurrent) (slot.Stamp, slot.Value, slot.Bytes, slot.Uses) = (stamp, product.Value, product.Bytes, 0);
            }
        }

        Trim(TimeSpan.MaxValue, maxBytes);
        // What the product was made of would stay until as much again is needed. Nobody waits for this.
        if (product.Bytes > LargeBytes) GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
    }

    // What goes is to have gone before as much is taken again.
    private void MakeRoom(long bytes)
    {
        Trim(TimeSpan.MaxValue, maxBytes - bytes);
        if (bytes > LargeBytes) GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);
    }

    private sealed class Slot
    {
        public long? Stamp { get; set; }

        public T? Value { get; set; }

        public long Bytes { get; set; }

        public long UsedAt { get; set; }

        public int Uses { get; set; }

        public TimeSpan Rest { get; set; }

        public bool IsBuilding { get; set; }

        public DateTimeOffset RestsUntil { get; set; }

        public Task Building { get; set; } = Task.CompletedTask;

        private int Wasted { get; set; }

        /// <summary>The data are others now.</summary>
        public void Outlive(DateTimeOffset now)
        {
            Wasted = Uses < WorthwhileUses ? Math.Min(Wasted + 1, MaxWasted) : 0;
            var until = now + Rest * ((1 << Wasted) - 1);
            if (until > RestsUntil) RestsUntil = until;
            (Value, Bytes) = (null, 0);
        }
    }
}

/// <summary>What came of building.</summary>
/// <param name="IsCurrent">Whether it is of the version that was asked for.</param>
/// <param name="Value">Null where the table holds what cannot be built from.</param>
/// <param name="Bytes">What that takes.</param>
internal readonly record struct Product<T>(bool IsCurrent, T? Value, long Bytes)
    where T : class
{
    public static readonly Product<T> Failed = new(false, null, 0) { HasFailed = true };

    /// <summary>The table was changed while it was read.</summary>
    public static readonly Product<T> Outdated = new(false, null, 0);

    /// <summary>The table cannot be built from, until it changes.</summary>
    public static readonly Product<T> Impossible = new(true, null, 0);

    public bool HasFailed { get; private init; }
}
