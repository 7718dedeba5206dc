namespace CartoPlatform.Tiles.Snapshots;

/// <summary>A list that grows without copying what is in it.</summary>
internal sealed class Chunks<T>
    where T : unmanaged
{
    private const int Bits = 16;
    private const int Size = 1 << Bits;

    private readonly List<T[]> _chunks = [];

    public int Count { get; private set; }

    public T this[int index] => _chunks[index >> Bits][index & (Size - 1)];

    public void Add(T item)
    {
        if (Count >> Bits == _chunks.Count) _chunks.Add(new T[Size]);
        _chunks[Count >> Bits][Count & (Size - 1)] = item;
        Count++;
    }

    /// <summary>Takes all items out, in another order: columns of a large table are not to be in memory twice all at once.</summary>
    public T[] Permute(ReadOnlySpan<int> order)
    {
        var items = GC.AllocateUninitializedArray<T>(order.Length);
        for (var i = 0; i < order.Length; i++) items[i] = this[order[i]];
        _chunks.Clear();
        Count = 0;
        return items;
    }
}
