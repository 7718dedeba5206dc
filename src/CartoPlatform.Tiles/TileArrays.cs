using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace CartoPlatform.Tiles;

/// <summary>
/// Arrays that tiles are made in. The shared pool keeps one of each size for every thread that ever gave one back, which for large arrays
/// comes to hundreds of megabytes: those are of a pool that has a few for all threads.
/// </summary>
public static class TileArrays
{
    private const int SharedBytes = 256 * 1024;
    private const int KeptBytes = 64 * 1024 * 1024;
    private const int KeptOfASize = 4;

    /// <summary>An array of at least that many items, with arbitrary content.</summary>
    public static T[] Rent<T>(int length)
        where T : unmanaged => PoolOf<T>(length).Rent(length);

    /// <summary>Gives back what <see cref="Rent"/> gave.</summary>
    public static void Return<T>(T[] array)
        where T : unmanaged => PoolOf<T>(array.Length).Return(array);

    // Both pools round up to a power of two.
    private static ArrayPool<T> PoolOf<T>(int length)
        where T : unmanaged =>
        (long)BitOperations.RoundUpToPowerOf2((uint)length) * Unsafe.SizeOf<T>() > SharedBytes ? Large<T>.Pool : ArrayPool<T>.Shared;

    private static class Large<T>
    {
        public static readonly ArrayPool<T> Pool = ArrayPool<T>.Create(KeptBytes / Unsafe.SizeOf<T>(), KeptOfASize);
    }
}
