using CartoPlatform.MapsApi.Sources;
using CartoPlatform.Tiles;

namespace CartoPlatform.MapsApi.Tiles;

/// <summary>What all vector tiles of this service have in common.</summary>
internal static class TileLayer
{
    /// <summary>The one layer of a tile, in MVT, TileJSON and tilestats.</summary>
    public const string Name = "default";

    // 64 of 4096, as ST_AsMVTGeom has it: outlines of neighbouring tiles overlap instead of showing the cut.
    private const int BufferShare = 64;

    public static TileGrid Grid(MapSource source, TileAddress address)
    {
        var extent = source.Request.Resolution.Extent;
        return new TileGrid(address, extent, source.Spatial.IsPoints ? 0 : extent / BufferShare);
    }
}
