using System.Buffers;
using CartoPlatform.MapsApi.Requests;
using CartoPlatform.MapsApi.Tiles;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.Tiles;
using CartoPlatform.Tiles.CartoTiles;
using CartoPlatform.Tiles.Mvt;

namespace CartoPlatform.MapsApi.Tilesets;

/// <summary>Finished tiles: as they are stored, or turned into the format that was asked for.</summary>
internal sealed class TilesetTiles(TilesetCatalog tilesets)
{
    public Outcome<TileJob> Plan(Tileset tileset, TileAddress tile, TileFormat? asked)
    {
        var stored = tileset.Content == TileContent.CartoVector ? TileFormat.Binary : TileFormat.Mvt;
        var format = asked ?? stored;
        if (format == TileFormat.Json) return ApiError.BadRequest("The parameter formatTiles must be one of mvt, binary");
        if (format == TileFormat.Mvt && stored == TileFormat.Binary) return ApiError.BadRequest("The tiles of this tileset are stored as formatTiles=binary, and come in no other form");
        return new TileJob(tile.ToString(), tile.Z, async cancellationToken =>
        {
            if (await tilesets.Reader(tileset).FindAsync(tile, cancellationToken) is not { Length: > 0 } bytes) return RenderedTile.Empty;
            if (format != stored) return Convert(bytes, tile);
            return new RenderedTile(bytes, format == TileFormat.Mvt ? MvtEncoder.MediaType : CartoVectorTileEncoder.MediaType, 0, 0);
        });
    }

    public Outcome<TileJob> PlanCells(Tileset tileset, long cell, TileFormat? asked)
    {
        if (tileset.Scheme is not { } scheme) return ApiError.BadRequest("A tile of geometry is named by zoom, column and row");
        var isJson = tileset.Content == TileContent.Json;
        if (asked == TileFormat.Mvt || (asked == TileFormat.Json && !isJson))
            return ApiError.BadRequest($"The parameter formatTiles must be {(isJson ? "one of binary, json" : "binary: the tiles of this tileset are stored so")}");
        return new TileJob(scheme.ToText(cell), scheme.Resolution(cell), async cancellationToken =>
        {
            if (await tilesets.Reader(tileset).FindAsync(scheme, cell, cancellationToken) is not { Length: > 0 } bytes) return RenderedTile.Empty;
            if (!isJson) return new RenderedTile(bytes, SpatialTileEncoder.MediaType, 0, 0);
            var (binary, cells) = JsonCells.ToBinary(bytes, scheme);
            // Some layers read the first cell before they ask whether there is one.
            if (cells == 0) return RenderedTile.Empty;
            return asked == TileFormat.Json ? new RenderedTile(bytes, SpatialJsonEncoder.MediaType, cells, 0) : new RenderedTile(binary, SpatialTileEncoder.MediaType, cells, 0);
        });
    }

    private static RenderedTile Convert(byte[] bytes, TileAddress tile)
    {
        var output = new ArrayBufferWriter<byte>(bytes.Length);
        var features = MvtConverter.Convert(MvtDecoder.Read(bytes), tile, output);
        return features.Count == 0 ? RenderedTile.Empty : new RenderedTile(output.WrittenMemory, CartoVectorTileEncoder.MediaType, features.Count, 0);
    }
}
