namespace CartoPlatform.Contracts.Maps;

/// <summary>What is known of a source's attributes (contract, section 3.5). Of dynamic sources that is names and types: values come from the stats endpoint.</summary>
public sealed record TileStats
{
    public int LayerCount => Layers.Count;

    public required IReadOnlyList<LayerStats> Layers { get; init; }
}

public sealed record LayerStats
{
    public required string Layer { get; init; }

    /// <summary>Rows, as <see cref="MapInstantiation.Nrows"/>.</summary>
    public required long? Count { get; init; }

    /// <summary>Such as <c>Point</c> or <c>MultiPolygon</c>; null where the column mixes types.</summary>
    public string? Geometry { get; init; }

    public int AttributeCount => Attributes.Count;

    public required IReadOnlyList<AttributeStats> Attributes { get; init; }
}

/// <param name="Attribute">Name of the column.</param>
/// <param name="Type"><c>String</c>, <c>Number</c>, <c>Timestamp</c> or <c>Boolean</c>.</param>
public sealed record AttributeStats(string Attribute, string Type);
