using System.Text.Json.Nodes;
using CartoPlatform.MapsApi.Stored;
using CartoPlatform.Tiles;
using CartoPlatform.Tiles.Cells;

namespace CartoPlatform.MapsApi.Tilesets;

/// <summary>The names under which tilers say the same: Analytics Toolbox of several ages, MBTiles, TileJSON.</summary>
internal static class MetadataNames
{
    /// <summary>What is nested under <c>json</c> (MBTiles) or <c>metadata</c> comes to the top, where it does not say otherwise already.</summary>
    public static JsonObject Unfold(JsonObject metadata)
    {
        var flat = (JsonObject)metadata.DeepClone();
        foreach (var nested in (JsonObject?[])[metadata.Object("json"), metadata.Object("metadata")])
        {
            foreach (var (name, value) in nested ?? []) flat.TryAdd(name, value?.DeepClone());
        }

        return flat;
    }

    public static CellScheme? Scheme(JsonObject metadata)
    {
        foreach (var name in (string[])["scheme", "spatial_index", "spatialIndex", "spatial_index_column"])
        {
            var text = metadata.Text(name)?.ToLowerInvariant() ?? "";
            if (text.StartsWith("h3", StringComparison.Ordinal)) return CellScheme.H3;
            if (text.StartsWith("quadbin", StringComparison.Ordinal)) return CellScheme.Quadbin;
        }

        return null;
    }

    public static (int Min, int Max)? Zooms(JsonObject metadata, CellScheme? scheme)
    {
        var deepest = scheme?.MaxResolution ?? TileAddress.MaxZoom;
        var min = First(metadata, scheme is null ? ["minzoom", "zoom_min"] : ["minresolution", "resolution_min", "minzoom"]);
        var max = First(metadata, scheme is null ? ["maxzoom", "zoom_max"] : ["maxresolution", "resolution_max", "maxzoom"]);
        return min is { } from && max is { } to && from >= 0 && from <= to && to <= deepest ? (from, to) : null;
    }

    public static Bounds? Bounds(JsonObject metadata)
    {
        var box = metadata.Numbers("bounds", 4) ?? metadata.Numbers("bbox", 4);
        return box is [var west, var south, var east, var north] && west <= east && south <= north ? Clamp(new Bounds(west, south, east, north)) : null;
    }

    public static Bounds Clamp(Bounds box) => new(
        Math.Clamp(box.West, -180, 180), Math.Clamp(box.South, -WebMercator.MaxLatitude, WebMercator.MaxLatitude),
        Math.Clamp(box.East, -180, 180), Math.Clamp(box.North, -WebMercator.MaxLatitude, WebMercator.MaxLatitude));

    private static int? First(JsonObject metadata, string[] names) => names.Select(name => metadata.Integer(name)).FirstOrDefault(value => value is not null);
}
