using CartoPlatform.MapsApi.Tiles;
using CartoPlatform.Tiles;
using CartoPlatform.Tiles.Snapshots;

namespace CartoPlatform.MapsApi.Warm;

/// <summary>The rows of a tile out of memory.</summary>
/// <param name="snapshot">The table.</param>
/// <param name="range">Where in it.</param>
/// <param name="inOrder">In the order of keys.</param>
internal sealed class WarmRows(PointSnapshot snapshot, SnapshotRange range, bool inOrder) : ITileRows
{
    public long PushInto(ITileFeatures target, IReadOnlyList<TileProperty> properties, Func<bool> hasRoom) => snapshot.PushInto(range, inOrder, target, hasRoom);

    public void Dispose()
    {
        // The memory is the table's.
    }
}
