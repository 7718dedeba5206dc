using System.Runtime.Intrinsics.X86;

namespace CartoPlatform.Tiles.Snapshots;

internal static class ProcessorCache
{
    private const int LineBytes = 64;

    /// <summary>Asks memory for items that will be read soon and in any order: it gives them sooner if it is not asked for one after the other.</summary>
    public static unsafe void Prefetch<T>(ReadOnlySpan<T> items)
        where T : unmanaged
    {
        if (!Sse.IsSupported) return;
        fixed (T* first = items)
        {
            var end = (byte*)(first + items.Length);
            for (var line = (byte*)first; line < end; line += LineBytes) Sse.Prefetch0(line);
        }
    }
}
