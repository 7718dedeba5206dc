using CartoPlatform.MapsApi.Tiles;
using CartoPlatform.Tiles;
using CartoPlatform.Tiles.Snapshots;

namespace CartoPlatform.MapsApi.Warm;

/// <summary>The lines or polygons of a tile out of memory.</summary>
/// <param name="rows">Those whose boxes meet the tile.</param>
/// <param name="most">Of more, the largest.</param>
internal sealed class WarmShapes(ShapeRows rows, int most) : ITileRows
{
    public long PushInto(ITileFeatures target, IReadOnlyList<TileProperty> properties, Func<bool> hasRoom) => rows.PushInto(most, target, hasRoom);

    public void Dispose() => rows.Dispose();
}
