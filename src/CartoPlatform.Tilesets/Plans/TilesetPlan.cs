using System.Text.Json.Nodes;
using CartoPlatform.Tiles.Cells;

namespace CartoPlatform.Tilesets.Plans;

/// <summary>What is to be made. Defaults are those of CARTO's procedures where they are known.</summary>
public sealed record TilesetPlan
{
    public const int MaxZoomOfAll = 20;

    public required TilesetKind Kind { get; init; }

    /// <summary>A table's name, or a SELECT.</summary>
    public required string Input { get; init; }

    public required TableName Output { get; init; }

    public string GeometryColumn { get; init; } = "geom";

    /// <summary>Coarsest zoom of a tile; of cells, coarsest resolution.</summary>
    public int MinZoom { get; init; }

    /// <summary>Finest zoom, or resolution; null of cells: as far as the data and the aggregation resolution allow.</summary>
    public int? MaxZoom { get; init; }

    /// <summary>Columns that features carry; null for all. Of simple tilesets.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>What cells carry, as SQL aggregates.</summary>
    public IReadOnlyList<AggregatedProperty> Aggregates { get; init; } = [];

    /// <summary>By how much cells are finer than their tile.</summary>
    public int AggregationResolution { get; init; } = 6;

    public PointPlacement Placement { get; init; } = PointPlacement.CellCentroid;

    /// <summary>The system of the cells; null for geometry.</summary>
    public CellScheme? Scheme { get; init; }

    public string CellColumn { get; init; } = "";

    /// <summary>An SQL ordering by importance, such as <c>population DESC</c>; null for the largest first, points evenly spread.</summary>
    public string? FeatureOrder { get; init; }

    /// <summary>Units per side of a tile.</summary>
    public int Extent { get; init; } = 4_096;

    /// <summary>Before compression. What is more important stays.</summary>
    public int MaxTileBytes { get; init; } = 1_024 * 1_024;

    public int MaxTileFeatures { get; init; } = 10_000;

    /// <summary>Replace a table of the output's name, which stays readable until the new one is complete.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Members that are put into the tileset's metadata: name, description, attribution, legend.</summary>
    public JsonObject Metadata { get; init; } = [];
}

/// <param name="Name">Of the property.</param>
/// <param name="Formula">An SQL aggregate over the rows of a cell.</param>
public sealed record AggregatedProperty(string Name, string Formula);

/// <summary>Where the point of a cell is drawn.</summary>
public enum PointPlacement
{
    CellCentroid,
    FeaturesCentroid,
    FeaturesAny,
}

/// <summary>A table to make.</summary>
public sealed record TableName(string Schema, string Name)
{
    private const int LongestBytes = 63;

    internal string Quoted => $"{Names.Quote(Schema)}.{Names.Quote(Name)}";

    /// <summary><c>name</c>, <c>schema.name</c> or <c>database.schema.name</c>, parts quoted or not; null where it is none of them.</summary>
    public static TableName? Parse(string text)
    {
        if (!Names.IsTable(text)) return null;
        var parts = new List<string>();
        var (at, trimmed) = (0, text.Trim());
        while (at < trimmed.Length)
        {
            var end = trimmed[at] == '"' ? ClosingQuote(trimmed, at) + 1 : trimmed.IndexOf('.', at) is var dot and >= 0 ? dot : trimmed.Length;
            var part = trimmed[at..end];
            parts.Add(part[0] == '"' ? part[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : part.ToLowerInvariant());
            at = end + 1;
        }

        return parts.Any(part => System.Text.Encoding.UTF8.GetByteCount(part) > LongestBytes) ? null : new TableName(parts.Count > 1 ? parts[^2] : "public", parts[^1]);
    }

    /// <summary>As <see cref="Parse"/> reads it, and SQL.</summary>
    public override string ToString() => $"{Write(Schema)}.{Write(Name)}";

    private static string Write(string part) => Names.IsPlain(part) ? part : Names.Quote(part);

    private static int ClosingQuote(string text, int opening)
    {
        var at = opening + 1;
        while (text[at] != '"' || (at + 1 < text.Length && text[at + 1] == '"')) at += text[at] == '"' ? 2 : 1;
        return at;
    }
}
