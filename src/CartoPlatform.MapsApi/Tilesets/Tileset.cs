using System.Text.Json.Nodes;
using CartoPlatform.MapsApi.Stored;
using CartoPlatform.Tiles;
using CartoPlatform.Tiles.Cells;

namespace CartoPlatform.MapsApi.Tilesets;

/// <summary>A table of finished tiles, and what is known of them.</summary>
internal sealed record Tileset
{
    public required StoredTable Table { get; init; }

    public required TilesetLayout Layout { get; init; }

    /// <summary>What the first tile is; they are all alike.</summary>
    public required TileContent Content { get; init; }

    /// <summary>The system of the cells; null for geometry.</summary>
    public CellScheme? Scheme { get; init; }

    /// <summary>Coarsest zoom, or of cells resolution, of a tile.</summary>
    public required int MinZoom { get; init; }

    public required int MaxZoom { get; init; }

    public required Bounds Bounds { get; init; }

    /// <summary>As the tiler left it beside the tiles; completed with what it had left out.</summary>
    public required JsonObject Metadata { get; init; }
}
