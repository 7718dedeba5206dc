using System.Text.Json.Nodes;
using CartoPlatform.MapsApi.Requests;
using CartoPlatform.MapsApi.Stored;
using CartoPlatform.MapsApi.TileJsons;
using CartoPlatform.MapsApi.Urls;

namespace CartoPlatform.MapsApi.Rasters;

/// <summary>What is answered of a raster before its tiles (contract, section 3.4). No tilestats: clients would ask for a band's as if it were a column.</summary>
internal static class RasterTileJson
{
    public static JsonObject Instantiation(Raster raster, MapUrlSet urls) => new()
    {
        ["nrows"] = (long)(raster.Metadata.Number("num_blocks") ?? 0),
        ["schema"] = Schema(raster),
        ["tilejson"] = new JsonObject { ["url"] = new JsonArray(urls.Data("tilejson")) },
    };

    public static JsonObject TileJson(Raster raster, MapUrlSet urls)
    {
        var bounds = raster.Bounds;
        return new JsonObject
        {
            ["tilejson"] = "2.2.0",
            ["name"] = raster.Table.Name,
            ["version"] = "1.0.0",
            ["scheme"] = "quadbin",
            ["tiles"] = new JsonArray(urls.CellTiles(TileFormat.Binary)),
            ["minzoom"] = raster.MinZoom,
            ["maxzoom"] = raster.MaxZoom,
            ["minresolution"] = raster.MinZoom,
            ["maxresolution"] = raster.MaxZoom,
            ["bounds"] = new JsonArray(bounds.West, bounds.South, bounds.East, bounds.North),
            ["center"] = new JsonArray([.. TileJsonBuilder.Center(bounds, raster.MaxZoom).Select(number => JsonValue.Create(number))]),
            ["raster_bands"] = new JsonArray([.. raster.Bands.Select(band => JsonValue.Create(band.Name))]),
            ["raster_metadata"] = Metadata(raster),
            ["schema"] = Schema(raster),
        };
    }

    // Loaders of some ages leave out what the client takes for granted.
    private static JsonObject Metadata(Raster raster)
    {
        var metadata = (JsonObject)raster.Metadata.DeepClone();
        metadata["compression"] = raster.IsPacked ? "gzip" : null;
        (metadata["block_width"], metadata["block_height"]) = (raster.BlockSize, raster.BlockSize);
        (metadata["minresolution"], metadata["maxresolution"]) = (raster.MinZoom, raster.MaxZoom);
        metadata.TryAdd("block_resolution", raster.MaxZoom);
        metadata.TryAdd("pixel_resolution", raster.MaxZoom + int.Log2(raster.BlockSize));
        metadata.TryAdd("bounds", new JsonArray(raster.Bounds.West, raster.Bounds.South, raster.Bounds.East, raster.Bounds.North));
        return metadata;
    }

    private static JsonArray Schema(Raster raster) =>
        new([.. raster.Bands.Select(JsonNode (band) => new JsonObject { ["name"] = band.Name, ["type"] = "number" })]);
}
