using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CartoPlatform.Tiles.Snapshots;

/// <summary>A list that grows without copying what is in it, and stays in its pieces: a large one is never in memory twice.</summary>
internal sealed class Chunks<T>
    where T : unmanaged
{
    private const int Bits = 16;
    private const int Size = 1 << Bits;

    private T[][] _chunks = [];

    public int Count { get; private set; }

    /// <summary>What it takes in memory.</summary>
    public long Bytes => _chunks.Sum(chunk => (long)chunk.Length) * Unsafe.SizeOf<T>();

    public T this[int index] => _chunks[index >> Bits][index & (Size - 1)];

    public void Add(T item)
    {
        if (Count >> Bits == _chunks.Length) _chunks = [.. _chunks, new T[Size]];
        _chunks[Count >> Bits][Count & (Size - 1)] = item;
        Count++;
    }

    public void AddRange(ReadOnlySpan<T> items)
    {
        while (!items.IsEmpty)
        {
            if (Count >> Bits == _chunks.Length) _chunks = [.. _chunks, new T[Size]];
            var room = _chunks[Count >> Bits].AsSpan(Count & (Size - 1));
            var part = items[..Math.Min(items.Length, room.Length)];
            part.CopyTo(room);
            Count += part.Length;
            items = items[part.Length..];
        }
    }

    public void CopyTo(int start, Span<T> target)
    {
        while (!target.IsEmpty)
        {
            var chunk = _chunks[start >> Bits].AsSpan(start & (Size - 1));
            var part = chunk[..Math.Min(chunk.Length, target.Length)];
            part.CopyTo(target);
            start += part.Length;
            target = target[part.Length..];
        }
    }

    /// <inheritdoc cref="ProcessorCache.Prefetch"/>
    public void Prefetch(int start, int count)
    {
        while (count > 0)
        {
            var chunk = _chunks[start >> Bits].AsSpan(start & (Size - 1));
            var part = Math.Min(chunk.Length, count);
            ProcessorCache.Prefetch<T>(chunk[..part]);
            (start, count) = (start + part, count - part);
        }
    }

    /// <summary>All items in another order, for which this list is given up.</summary>
    /// <param name="order">By place in the new order: that in the old one.</param>
    /// <param name="spare">Chunks that others have no more use for; those of this list come to it.</param>
    public Chunks<T> Permute(ReadOnlySpan<int> order, SpareChunks spare) => Permute(order, spare, static item => item);

    /// <summary>The same with each item turned into another one.</summary>
    public Chunks<TOut> Permute<TOut>(ReadOnlySpan<int> order, SpareChunks spare, Func<T, TOut> convert)
        where TOut : unmanaged
    {
        var chunks = new TOut[(order.Length + Size - 1) >> Bits][];
        for (var i = 0; i < chunks.Length; i++)
        {
            var part = order.Slice(i << Bits, Math.Min(Size, order.Length - (i << Bits)));
            var chunk = part.Length == Size ? spare.Take<TOut>(Size) : new TOut[part.Length];
            for (var at = 0; at < part.Length; at++) chunk[at] = convert(this[part[at]]);
            chunks[i] = chunk;
        }

        foreach (var chunk in _chunks) spare.Add(chunk);
        (_chunks, Count) = ([], 0);
        return new Chunks<TOut> { _chunks = chunks, Count = order.Length };
    }
}

/// <summary>Chunks whose content is not needed any more, for whoever needs such ones next: until it is collected, garbage takes room as well.</summary>
internal sealed class SpareChunks
{
    private readonly Dictionary<Type, Stack<Array>> _chunks = [];

    public T[] Take<T>(int length)
        where T : unmanaged =>
        _chunks.TryGetValue(typeof(T), out var chunks) && chunks.TryPop(out var chunk) ? (T[])chunk : GC.AllocateUninitializedArray<T>(length);

    public void Add<T>(T[] chunk)
        where T : unmanaged
    {
        ref var chunks = ref CollectionsMarshal.GetValueRefOrAddDefault(_chunks, typeof(T), out _);
        (chunks ??= new Stack<Array>()).Push(chunk);
    }
}
