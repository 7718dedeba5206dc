using CartoPlatform.MapsApi.Requests;
using CartoPlatform.MapsApi.Sources;
using CartoPlatform.Tiles;
using CartoPlatform.Tiles.CartoTiles;
using CartoPlatform.Tiles.Mvt;

namespace CartoPlatform.MapsApi.Tiles;

/// <summary>What all vector tiles of this service have in common.</summary>
internal static class TileLayer
{
    /// <summary>The one layer of a tile, in MVT, TileJSON and tilestats.</summary>
    public const string Name = "default";

    // 64 of 4096, as ST_AsMVTGeom has it: outlines of neighbouring tiles overlap instead of showing the cut.
    private const int BufferShare = 64;

    /// <summary>Whether points of one cell become one feature. Not those of tracks, which would lose corners, nor groups, which have values of their own.</summary>
    public static bool IsThinned(MapSource source, TileOptions options) =>
        options.PointThinning && source.Spatial.IsPoints && source.Track is null && source.GroupKeys.Count == 0;

    public static ITileEncoder CreateEncoder(TileFormat format, TileGrid grid, IReadOnlyList<TileColumn> columns) =>
        format == TileFormat.Mvt ? new MvtEncoder(grid, columns) : new CartoVectorTileEncoder(grid, columns);

    /// <summary>How many rows a tile may have (contract, section 6.1).</summary>
    public static int MaxFeatures(MapSource source, TileOptions options)
    {
        var shapes = source.Spatial.DisplayType switch
        {
            "Polygon" or "MultiPolygon" => options.MaxPolygons,
            "LineString" or "MultiLineString" => options.MaxLines,
            _ => int.MaxValue,
        };
        return options.Simplification ? (int)Math.Max(1, Math.Min(options.MaxFeatures, shapes * ShareOfShapes(source))) : options.MaxFeatures;
    }

    private static double ShareOfShapes(MapSource source) => source.Request.Resolution.Value switch
    {
        <= 0.25 => 0.5,
        <= 0.5 => 1,
        <= 1 => 2,
        <= 2 => 3,
        _ => 4,
    };

    public static TileGrid Grid(MapSource source, TileAddress address)
    {
        var extent = source.Request.Resolution.Extent;
        return new TileGrid(address, extent, source.Spatial.IsPoints ? 0 : extent / BufferShare);
    }
}
