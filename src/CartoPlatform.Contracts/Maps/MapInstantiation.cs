using System.Text.Json.Serialization;

namespace CartoPlatform.Contracts.Maps;

/// <summary>Answer to a map instantiation (contract, section 2.2): what the source holds, and where its data can be had in which form.</summary>
public sealed record MapInstantiation
{
    /// <summary>Rows of the source, filters applied; of large ones an estimate at first. Left out where it takes too long to count those that the caller may see.</summary>
    public required long? Nrows { get; init; }

    /// <summary>Whether numbers are estimates, and exact ones will be known soon: not sent.</summary>
    [JsonIgnore]
    public bool IsProvisional { get; init; }

    /// <summary>Columns in the order of the source, the spatial one included.</summary>
    public required IReadOnlyList<FieldSchema> Schema { get; init; }

    public required DataLocation Tilejson { get; init; }

    public required DataLocation Geojson { get; init; }

    public required DataLocation Json { get; init; }

    public required DataLocation Ndjson { get; init; }
}

/// <summary>Absolute URLs of the data in one form; clients take the first.</summary>
public sealed record DataLocation(IReadOnlyList<string> Url);
