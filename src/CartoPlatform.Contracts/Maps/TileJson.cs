using System.Text.Json.Serialization;

namespace CartoPlatform.Contracts.Maps;

/// <summary>A TileJSON 2.2.0 document with CARTO's additions (contract, section 3.1).</summary>
public sealed record TileJson
{
    public string Tilejson { get; init; } = "2.2.0";

    public required string Name { get; init; }

    public string Version { get; init; } = "1.0.0";

    /// <summary><c>h3</c> or <c>quadbin</c> for tiles of cells.</summary>
    public string? Scheme { get; init; }

    /// <summary>Absolute URL templates with the placeholders <c>{z}</c>, <c>{x}</c> and <c>{y}</c>, or of cells <c>{i}</c>.</summary>
    public required IReadOnlyList<string> Tiles { get; init; }

    public required int Minzoom { get; init; }

    public required int Maxzoom { get; init; }

    /// <summary>Of tiles of cells: the coarsest resolution of a tile.</summary>
    public int? Minresolution { get; init; }

    /// <summary>Of tiles of cells: the finest resolution of a tile.</summary>
    public int? Maxresolution { get; init; }

    /// <summary>The resolution of the cells in the source; null where they are made of points.</summary>
    public int? Dataresolution { get; init; }

    /// <summary>Rows that have no cell, or nothing that is one, and are in no tile; null without such rows, or where they were not counted.</summary>
    [JsonPropertyName("invalid_cells")]
    public long? InvalidCells { get; init; }

    /// <summary>West, south, east, north in degrees of WGS84.</summary>
    public required IReadOnlyList<double> Bounds { get; init; }

    /// <summary>Longitude, latitude, zoom.</summary>
    public required IReadOnlyList<double> Center { get; init; }

    /// <summary>Echo of the request; null for cells.</summary>
    public double? TileResolution { get; init; }

    /// <summary>True where the tiles show points by cells of a grid, or lines and polygons without what nobody sees at a zoom; else null.</summary>
    public bool? Simplified { get; init; }

    /// <summary>True where tiles of low zooms are made of a sample of the rows, for now or because nothing better can be done; else null.</summary>
    public bool? Sampled { get; init; }

    /// <summary>Whether numbers are estimates, and exact ones will be known soon: not sent.</summary>
    [JsonIgnore]
    public bool IsProvisional { get; init; }

    [JsonPropertyName("vector_layers")]
    public IReadOnlyList<VectorLayer>? VectorLayers { get; init; }

    public required TileStats Tilestats { get; init; }

    public required IReadOnlyList<FieldSchema> Schema { get; init; }
}

/// <summary>A layer of the tiles and the types of its attributes.</summary>
public sealed record VectorLayer
{
    public required string Id { get; init; }

    public required int Minzoom { get; init; }

    public required int Maxzoom { get; init; }

    public required IReadOnlyDictionary<string, string> Fields { get; init; }

    [JsonPropertyName("geometry_type")]
    public string? GeometryType { get; init; }
}
