using CartoPlatform.Tiles;

namespace CartoPlatform.MapsApi.Summaries;

/// <summary>How many rows a source has, and where they are.</summary>
/// <param name="Rows">Filters applied; null where they could not be counted in time, and nothing else may tell.</param>
/// <param name="Bounds">West, south, east, north in degrees; null without rows, or where it could not be told in time.</param>
internal sealed record SourceSummary(long? Rows, Bounds? Bounds)
{
    /// <summary>Whether these are estimates, and exact numbers are on their way.</summary>
    public bool IsProvisional { get; init; }
}
