using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CartoPlatform.Tiles.Cells;

namespace CartoPlatform.Tilesets.Plans;

/// <summary>
/// Reads the options of CARTO's procedures: a JSON object with the names that they are documented under. One that is not known, or that
/// we do not have, is an error: a tileset that is silently another than was asked for would be worse.
/// </summary>
public static class TilesetPlanReader
{
    private static readonly string[] Everywhere =
        ["zoom_min", "zoom_max", "properties", "metadata", "max_tile_size_kb", "max_tile_features", "max_tile_size_strategy", "overwrite", "target_partitions", "target_tilestats"];

    private static readonly Dictionary<TilesetKind, string[]> Known = new()
    {
        [TilesetKind.Simple] = ["geom_column", "tile_extent", "tile_feature_order", "generate_feature_id", "tile_buffer", "drop_duplicates"],
        [TilesetKind.PointAggregation] = ["geom_column", "tile_extent", "aggregation_type", "aggregation_resolution", "aggregation_placement", "tile_feature_order"],
        [TilesetKind.SpatialIndex] = ["spatial_index_column", "resolution", "resolution_min", "resolution_max", "aggregation_resolution"],
    };

    /// <exception cref="TilesetException">Something is wrong with them.</exception>
    public static TilesetPlan Read(TilesetKind kind, string input, string output, string options)
    {
        var json = Parse(options);
        foreach (var (name, _) in json)
        {
            if (!Everywhere.Contains(name) && !Known[kind].Contains(name)) throw new TilesetException($"The option {name} is not known.");
        }

        if (Text(json, "max_tile_size_strategy") is { } strategy && strategy is not ("drop_features" or "drop_fraction_as_needed"))
            throw new TilesetException("The option max_tile_size_strategy must be drop_features or drop_fraction_as_needed.");
        var plan = new TilesetPlan
        {
            Kind = kind,
            Input = input,
            Output = TableName.Parse(output) ?? throw new TilesetException($"{output} is not the name of a table: give name, schema.name or database.schema.name."),
            GeometryColumn = Text(json, "geom_column") ?? "geom",
            MinZoom = Integer(json, kind == TilesetKind.SpatialIndex ? "resolution_min" : "zoom_min") ?? 0,
            MaxZoom = Integer(json, kind == TilesetKind.SpatialIndex ? "resolution_max" : "zoom_max") ?? (kind == TilesetKind.SpatialIndex ? null : 12),
            Columns = kind == TilesetKind.Simple && json["properties"] is JsonObject named ? [.. named.Select(property => property.Key)] : null,
            Aggregates = kind == TilesetKind.Simple ? [] : Aggregates(json),
            AggregationResolution = Integer(json, "aggregation_resolution") ?? 6,
            Placement = Placement(Text(json, "aggregation_placement")),
            FeatureOrder = Text(json, "tile_feature_order"),
            Extent = Integer(json, "tile_extent") ?? 4_096,
            MaxTileBytes = (Integer(json, "max_tile_size_kb") ?? 1_024) is > 0 and <= 65_536 and var kilobytes
                ? kilobytes * 1_024
                : throw new TilesetException("The option max_tile_size_kb must be from 1 to 65536."),
            MaxTileFeatures = Integer(json, "max_tile_features") ?? 10_000,
            Overwrite = Flag(json, "overwrite"),
            Metadata = json["metadata"] switch
            {
                null => [],
                JsonObject metadata => (JsonObject)metadata.DeepClone(),
                JsonValue text when text.TryGetValue<string>(out var value) => Parse(value),
                _ => throw new TilesetException("The option metadata must be a JSON object."),
            },
        };
        return Check(kind == TilesetKind.SpatialIndex ? WithCells(plan, Text(json, "spatial_index_column")) : plan);
    }

    /// <summary>Holds a plan to its limits.</summary>
    /// <exception cref="TilesetException">It is beyond one.</exception>
    public static TilesetPlan Check(TilesetPlan plan)
    {
        var deepest = plan.Scheme?.MaxResolution ?? TilesetPlan.MaxZoomOfAll;
        Within(plan.MinZoom, 0, deepest, "The coarsest zoom");
        Within(plan.MaxZoom ?? plan.MinZoom, plan.MinZoom, deepest, "The finest zoom");
        Within(plan.AggregationResolution, 0, plan.Kind == TilesetKind.PointAggregation ? 10 : deepest, "The aggregation resolution");
        Within(plan.Extent, 256, 16_384, "The extent of a tile");
        Within(plan.MaxTileFeatures, 1, 1_000_000, "The greatest number of features");
        Within(plan.MaxTileBytes, 1_024, 64 * 1_024 * 1_024, "The greatest size of a tile in bytes");
        if (string.IsNullOrWhiteSpace(plan.Input)) throw new TilesetException("The input is empty: give a table, or a SELECT.");
        if (plan.Aggregates.Select(aggregate => aggregate.Name).Distinct(StringComparer.Ordinal).Count() < plan.Aggregates.Count) throw new TilesetException("Two properties have the same name.");
        return plan;
    }

    /// <summary>The plan with a column of cells, as in <c>h3:cell</c>, <c>quadbin:cell</c>, or <c>h3</c>.</summary>
    public static TilesetPlan WithCells(TilesetPlan plan, string? column)
    {
        var (scheme, name) = (column ?? "").Split(':', 2) switch
        {
            [var prefix, { Length: > 0 } rest] => (prefix, rest),
            [{ Length: > 0 } alone] => (alone, alone),
            _ => throw new TilesetException("The option spatial_index_column is missing: h3:COLUMN, or quadbin:COLUMN."),
        };
        return plan with
        {
            CellColumn = name,
            Scheme = scheme.ToLowerInvariant() switch
            {
                "h3" => CellScheme.H3,
                "quadbin" => CellScheme.Quadbin,
                _ => throw new TilesetException($"The spatial index {scheme} is not known: h3 or quadbin."),
            },
        };
    }

    private static List<AggregatedProperty> Aggregates(JsonObject json) => json["properties"] is not JsonObject properties
        ? []
        : [.. properties.Select(property => new AggregatedProperty(property.Key, property.Value is JsonObject described && Text(described, "formula") is { } formula
            ? formula
            : throw new TilesetException($"The property {property.Key} has no formula.")))];

    private static PointPlacement Placement(string? text) => text switch
    {
        null or "cell-centroid" => PointPlacement.CellCentroid,
        "features-centroid" => PointPlacement.FeaturesCentroid,
        "features-any" => PointPlacement.FeaturesAny,
        _ => throw new TilesetException("The option aggregation_placement must be cell-centroid, features-centroid or features-any."),
    };

    private static JsonObject Parse(string text)
    {
        try
        {
            var json = JsonNode.Parse(string.IsNullOrWhiteSpace(text) ? "{}" : text) as JsonObject ?? throw new TilesetException("The options must be a JSON object.");
            // A member that is there twice is found by looking.
            return json.Count >= 0 ? json : [];
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            throw new TilesetException("The options are not valid JSON, or name a member twice.");
        }
    }

    private static string? Text(JsonObject json, string name) => json[name] switch
    {
        null => null,
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        _ => throw new TilesetException($"The option {name} must be a text."),
    };

    private static int? Integer(JsonObject json, string name) => json[name] switch
    {
        null => null,
        JsonValue value when value.TryGetValue<int>(out var number) => number,
        JsonValue value when value.TryGetValue<string>(out var text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        _ => throw new TilesetException($"The option {name} must be a whole number."),
    };

    private static bool Flag(JsonObject json, string name) => json[name] switch
    {
        null => false,
        JsonValue value when value.TryGetValue<bool>(out var flag) => flag,
        _ => throw new TilesetException($"The option {name} must be true or false."),
    };

    private static void Within(int value, int from, int to, string what)
    {
        if (value < from || value > to) throw new TilesetException(string.Create(CultureInfo.InvariantCulture, $"{what} must be from {from} to {to}, and is {value}."));
    }
}
