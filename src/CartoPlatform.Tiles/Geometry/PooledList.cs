using System.Runtime.CompilerServices;

namespace CartoPlatform.Tiles.Geometry;

/// <summary>A growing array from a pool. Its spans are valid until the next addition.</summary>
internal sealed class PooledList<T> : IDisposable
    where T : unmanaged
{
    private T[] _items = [];

    public int Count { get; private set; }

    public ReadOnlySpan<T> Items => _items.AsSpan(0, Count);

    public Span<T> Writable => _items.AsSpan(0, Count);

    public ref T this[int index] => ref _items.AsSpan(0, Count)[index];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(T item)
    {
        var items = _items;
        var count = Count;
        if ((uint)count >= (uint)items.Length)
        {
            Grow(1);
            items = _items;
        }

        items[count] = item;
        Count = count + 1;
    }

    /// <summary>Adds <paramref name="count"/> items with arbitrary content and returns them for writing.</summary>
    public Span<T> Extend(int count)
    {
        if (_items.Length - Count < count) Grow(count);
        Count += count;
        return _items.AsSpan(Count - count, count);
    }

    /// <summary>Makes room for so many more.</summary>
    public void Reserve(int count)
    {
        if (_items.Length - Count < count) Grow(count);
    }

    public void AddRange(ReadOnlySpan<T> items) => items.CopyTo(Extend(items.Length));

    public void Truncate(int count) => Count = Math.Min(Count, count);

    public void Clear() => Count = 0;

    public void Dispose()
    {
        Return();
        _items = [];
        Count = 0;
    }

    private void Grow(int count)
    {
        var larger = TileArrays.Rent<T>(Math.Max(checked(Count + count), Math.Max(16, _items.Length * 2)));
        Items.CopyTo(larger);
        Return();
        _items = larger;
    }

    private void Return()
    {
        if (_items.Length > 0) TileArrays.Return(_items);
    }
}
