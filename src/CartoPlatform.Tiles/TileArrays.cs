using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace CartoPlatform.Tiles;

/// <summary>
/// Arrays that tiles are made in. The shared pool keeps one of each size for every thread that ever gave one back, which for large arrays
/// comes to hundreds of megabytes: those are of a pool with a limit.
/// </summary>
public static class TileArrays
{
    private const int SharedBytes = 256 * 1024;

    private static readonly LargeArrays Large = new(keptBytes: 96 * 1024 * 1024);

    /// <summary>An array of at least that many items, with arbitrary content.</summary>
    public static T[] Rent<T>(int length)
        where T : unmanaged => IsShared<T>(length) ? ArrayPool<T>.Shared.Rent(length) : Large.Rent<T>(length);

    /// <summary>Gives back what <see cref="Rent"/> gave.</summary>
    public static void Return<T>(T[] array)
        where T : unmanaged
    {
        if (IsShared<T>(array.Length)) ArrayPool<T>.Shared.Return(array);
        else Large.Return(array);
    }

    // The length that was asked for, and that of the array, which the pools round up to a power of two at most.
    private static bool IsShared<T>(int length) => (long)BitOperations.RoundUpToPowerOf2((uint)length) * Unsafe.SizeOf<T>() <= SharedBytes;
}
