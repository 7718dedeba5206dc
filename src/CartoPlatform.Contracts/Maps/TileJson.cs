using System.Text.Json.Serialization;

namespace CartoPlatform.Contracts.Maps;

/// <summary>A TileJSON 2.2.0 document with CARTO's additions (contract, section 3.1).</summary>
public sealed record TileJson
{
    public string Tilejson { get; init; } = "2.2.0";

    public required string Name { get; init; }

    public string Version { get; init; } = "1.0.0";

    /// <summary>Absolute URL templates with the placeholders <c>{z}</c>, <c>{x}</c> and <c>{y}</c>.</summary>
    public required IReadOnlyList<string> Tiles { get; init; }

    public required int Minzoom { get; init; }

    public required int Maxzoom { get; init; }

    /// <summary>West, south, east, north in degrees of WGS84.</summary>
    public required IReadOnlyList<double> Bounds { get; init; }

    /// <summary>Longitude, latitude, zoom.</summary>
    public required IReadOnlyList<double> Center { get; init; }

    /// <summary>Echo of the request.</summary>
    public required double TileResolution { get; init; }

    [JsonPropertyName("vector_layers")]
    public required IReadOnlyList<VectorLayer> VectorLayers { get; init; }

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
