using System.Text.Json.Nodes;
using CartoPlatform.MapsApi.Stored;
using CartoPlatform.MapsApi.Tilesets;
using CartoPlatform.PostGis;
using CartoPlatform.PostGis.Columns;
using CartoPlatform.PostGis.Relations;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.Tiles;

namespace CartoPlatform.MapsApi.Rasters;

/// <summary>
/// A table in the layout of CARTO's raster loader: a block of pixels in each row, named by its quadbin cell, a column of bytes for each
/// band, and the metadata in the row of block 0.
/// </summary>
internal sealed record Raster
{
    private const int MaxBlockSize = 4_096;

    public required StoredTable Table { get; init; }

    /// <summary>As the loader left it: what the client library reads as <c>raster_metadata</c>.</summary>
    public required JsonObject Metadata { get; init; }

    public required IReadOnlyList<RasterBand> Bands { get; init; }

    /// <summary>Pixels per side of a block.</summary>
    public required int BlockSize { get; init; }

    public required int MinZoom { get; init; }

    public required int MaxZoom { get; init; }

    public required Bounds Bounds { get; init; }

    /// <summary>The quoted column of blocks.</summary>
    public required string Block { get; init; }

    public bool IsPacked => Metadata.Text("compression")?.ToLowerInvariant() == "gzip";

    /// <summary>The columns of blocks and metadata, quoted; null where the table is no raster.</summary>
    public static (string Block, string Metadata)? FindColumns(Relation relation) =>
        relation.FindColumn("block") is { Kind: ColumnKind.Int64 or ColumnKind.Numeric } block
        && relation.FindColumn("metadata") is { Kind: ColumnKind.Text or ColumnKind.Json } metadata
            ? (SqlIdentifier.Quote(block.Name), SqlIdentifier.Quote(metadata.Name))
            : null;

    public static ApiError NoRaster(StoredTable table) => ApiError.BadRequest(
        $"{table.Name} is no raster: that is a table of quadbin blocks with the columns block and metadata, a column for each band, and the metadata in the row of block 0");

    public static Outcome<Raster> Read(StoredTable table, string block, JsonObject metadata)
    {
        var bands = new List<RasterBand>();
        foreach (var band in metadata.Array("bands")?.OfType<JsonObject>() ?? [])
        {
            var (name, type) = (band.Text("name"), band.Text("type"));
            if (name is null || type is null || !RasterBand.IsType(type) || table.Relation.FindColumn(name) is not { TypeName: "bytea" } column)
                return ApiError.BadRequest($"{table.Name} is a raster whose metadata does not fit its columns: band {name ?? "without a name"} of type {type ?? "unknown"}");
            bands.Add(new RasterBand(name, type, SqlIdentifier.Quote(column.Name), band.Text("nodata") ?? metadata.Text("nodata")));
        }

        var (width, height) = (metadata.Integer("block_width") ?? 256, metadata.Integer("block_height") ?? 256);
        var max = metadata.Integer("maxresolution") ?? metadata.Integer("block_resolution");
        if (bands.Count == 0 || max is not (>= 0 and <= Quadbin.MaxZoom) || width != height || width is < 1 or > MaxBlockSize || !int.IsPow2(width)) return NoRaster(table);
        return new Raster
        {
            Table = table,
            Metadata = metadata,
            Bands = bands,
            BlockSize = width,
            MinZoom = Math.Clamp(metadata.Integer("minresolution") ?? 0, 0, max.Value),
            MaxZoom = max.Value,
            Bounds = MetadataNames.Bounds(metadata) ?? TileJsons.TileJsonBuilder.World,
            Block = block,
        };
    }
}
