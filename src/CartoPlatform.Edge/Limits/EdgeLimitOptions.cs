using System.ComponentModel.DataAnnotations;

namespace CartoPlatform.Edge.Limits;

/// <summary>Sizes past which a request is refused before anything reads it.</summary>
public sealed class EdgeLimitOptions
{
    public const string Section = "Edge:Limits";

    /// <summary>413 beyond it. Room for long SQL and large polygons as spatial filters.</summary>
    [Range(1_024, 1_073_741_824)]
    public long MaxBodyBytes { get; set; } = 32 * 1_024 * 1_024;

    /// <summary>414 beyond it. The client sends up to 7,000 characters by GET; templates and parameters come on top.</summary>
    [Range(8_192, 1_048_576)]
    public int MaxRequestLineBytes { get; set; } = 64 * 1_024;
}
