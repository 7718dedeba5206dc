using System.Numerics;
using System.Runtime.CompilerServices;

namespace CartoPlatform.Tiles;

/// <summary>
/// A pool of large arrays, of which those stay, of whatever type and size, that were given back last. The others are garbage, of which there is
/// never much either.
/// </summary>
/// <param name="keptBytes">What all of them may take that are not in use.</param>
internal sealed class LargeArrays(long keptBytes)
{
    // In the order in which they were given back. So few that to look through them takes less than to fill a page of one.
    private readonly List<Kept> _kept = [];
    private readonly Lock _lock = new();
    private long _bytes;
    private long _droppedBytes; // since garbage was collected for that

    public T[] Rent<T>(int length)
        where T : unmanaged => Find<T>(length) ?? GC.AllocateUninitializedArray<T>(SizeFor<T>(length));

    public void Return<T>(T[] array)
        where T : unmanaged
    {
        if (Keep(array, array.Length * (long)Unsafe.SizeOf<T>())) return;
        // The runtime itself lets large garbage grow to a share of what is in use. This runs beside everything else.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
    }

    // Four sizes between a power of two and the next, so that others can use it.
    private int SizeFor<T>(int length)
        where T : unmanaged
    {
        var step = Math.Max(1, (long)BitOperations.RoundUpToPowerOf2((uint)length) / 8);
        var size = (length + step - 1) / step * step;
        return size * Unsafe.SizeOf<T>() <= keptBytes ? (int)size : length;
    }

    private T[]? Find<T>(int length)
    {
        lock (_lock)
        {
            var index = _kept.FindLastIndex(kept => kept.Array.Length >= length && kept.Array.Length / 2 <= length && kept.Array.GetType() == typeof(T[]));
            if (index < 0) return null;
            var array = (T[])_kept[index].Array;
            RemoveAt(index);
            return array;
        }
    }

    /// <returns>False when much has been dropped since the last time that it was false.</returns>
    private bool Keep(Array array, long bytes)
    {
        lock (_lock)
        {
            _kept.Add(new Kept(array, bytes));
            _bytes += bytes;
            for (var i = bytes > keptBytes ? _kept.Count - 1 : 0; _bytes > keptBytes; i = 0)
            {
                _droppedBytes += _kept[i].Bytes;
                RemoveAt(i);
            }

            if (_droppedBytes <= keptBytes / 2) return true;
            _droppedBytes = 0;
            return false;
        }
    }

    private void RemoveAt(int index)
    {
        _bytes -= _kept[index].Bytes;
        _kept.RemoveAt(index);
    }

    private readonly record struct Kept(Array Array, long Bytes);
}
