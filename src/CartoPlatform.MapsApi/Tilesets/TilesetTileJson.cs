using System.Text.Json.Nodes;
using CartoPlatform.MapsApi.Requests;
using CartoPlatform.MapsApi.Stored;
using CartoPlatform.MapsApi.TileJsons;
using CartoPlatform.MapsApi.Urls;
using CartoPlatform.Tiles;
using CartoPlatform.Tiles.Cells;

namespace CartoPlatform.MapsApi.Tilesets;

/// <summary>What is answered of a tileset before its tiles (contract, sections 2.2, 3.5 and 3.7).</summary>
internal static class TilesetTileJson
{
    // What a tiler says of its work, passed on as it is.
    private static readonly string[] PassedOn = ["name", "description", "version", "attribution", "legend", "fraction_dropped_per_zoom", "generator", "tiler"];

    public static JsonObject Instantiation(Tileset tileset, MapUrlSet urls) => new()
    {
        ["nrows"] = Count(tileset),
        ["size"] = null,
        ["schema"] = Schema(tileset),
        ["tilejson"] = new JsonObject { ["url"] = new JsonArray(urls.Data("tilejson")) },
    };

    public static JsonObject TileJson(Tileset tileset, MapUrlSet urls)
    {
        var bounds = tileset.Bounds;
        var center = tileset.Metadata.Numbers("center", 3) ?? TileJsonBuilder.Center(bounds, tileset.MaxZoom);
        var json = new JsonObject { ["tilejson"] = "2.2.0", ["name"] = tileset.Table.Name, ["version"] = "1.0.0" };
        foreach (var name in PassedOn)
        {
            if (tileset.Metadata[name] is { } value) json[name] = value.DeepClone();
        }

        json["tiles"] = new JsonArray(Template(tileset, urls));
        (json["minzoom"], json["maxzoom"]) = (tileset.MinZoom, tileset.MaxZoom);
        json["bounds"] = new JsonArray(bounds.West, bounds.South, bounds.East, bounds.North);
        json["center"] = new JsonArray([.. center.Select(number => JsonValue.Create(number))]);
        if (tileset.Scheme is { } scheme) AddCells(json, tileset, scheme);
        else json["vector_layers"] = VectorLayers(tileset);
        json["tilestats"] = TileStats(tileset);
        json["schema"] = Schema(tileset);
        return json;
    }

    private static string Template(Tileset tileset, MapUrlSet urls) => tileset switch
    {
        { Scheme: not null } => urls.CellTiles(TileFormat.Binary),
        { Content: TileContent.CartoVector } => urls.Tiles(TileFormat.Binary),
        _ => urls.Tiles(TileFormat.Mvt),
    };

    private static void AddCells(JsonObject json, Tileset tileset, CellScheme scheme)
    {
        json["scheme"] = scheme.Name;
        (json["minresolution"], json["maxresolution"]) = (tileset.MinZoom, tileset.MaxZoom);
        var data = tileset.Metadata.Integer("dataresolution") ?? tileset.Metadata.Integer("resolution");
        if (data is not null) json["dataresolution"] = data;
    }

    private static JsonObject TileStats(Tileset tileset)
    {
        if (tileset.Metadata.Object("tilestats") is { } known && known.Array("layers") is { Count: > 0 } layers)
        {
            var stats = (JsonObject)known.DeepClone();
            stats["layers"] = layers.DeepClone();
            stats.TryAdd("layerCount", layers.Count);
            return stats;
        }

        return new TilesetStatistics().ToJson();
    }

    private static JsonArray VectorLayers(Tileset tileset)
    {
        if (tileset.Metadata.Array("vector_layers") is { Count: > 0 } known) return (JsonArray)known.DeepClone();
        var layers = Layers(tileset).Select(JsonNode (layer) => new JsonObject
        {
            ["id"] = layer.Text("layer") ?? "default",
            ["minzoom"] = tileset.MinZoom,
            ["maxzoom"] = tileset.MaxZoom,
            ["fields"] = new JsonObject(Attributes(layer).Select(attribute => KeyValuePair.Create(attribute.Name, (JsonNode?)attribute.Type))),
            ["geometry_type"] = layer.Text("geometry"),
        });
        return new JsonArray([.. layers]);
    }

    private static JsonArray Schema(Tileset tileset)
    {
        if (tileset.Metadata.Array("schema") is { Count: > 0 } known) return (JsonArray)known.DeepClone();
        var attributes = Layers(tileset).Take(1).SelectMany(Attributes).Select(JsonNode (attribute) => Field(attribute.Name, TypeOf(attribute.Type)));
        var spatial = tileset.Scheme is { } scheme ? Field(scheme.Name, scheme == CellScheme.H3 ? "string" : "number") : Field("geom", "geometry");
        return new JsonArray([spatial, .. attributes]);
    }

    private static long Count(Tileset tileset) => (long)(Layers(tileset).FirstOrDefault()?.Number("count") ?? 0);

    private static IEnumerable<JsonObject> Layers(Tileset tileset) => tileset.Metadata.Object("tilestats")?.Array("layers")?.OfType<JsonObject>() ?? [];

    private static IEnumerable<(string Name, string Type)> Attributes(JsonObject layer) =>
        (layer.Array("attributes")?.OfType<JsonObject>() ?? [])
            .Select(attribute => (Name: attribute.Text("attribute") ?? "", Type: attribute.Text("type") ?? "String"))
            .Where(attribute => attribute.Name.Length > 0)
            .DistinctBy(attribute => attribute.Name);

    private static JsonObject Field(string name, string type) => new JsonObject { ["name"] = name, ["type"] = type };

    private static string TypeOf(string type) => type.ToUpperInvariant() switch
    {
        "NUMBER" => "number",
        "BOOLEAN" => "boolean",
        "TIMESTAMP" or "DATE" => "timestamp",
        _ => "string",
    };
}
