namespace CartoPlatform.Balancer;

/// <summary>What stands behind the balancer.</summary>
public sealed class BalancerOptions
{
    public const string Section = "Balancer";

    /// <summary>Base URLs of the edges, with semicolons between them.</summary>
    public string? Edge { get; set; }

    /// <summary>The edges' own setting: who gives another value gives it to both.</summary>
    public const string MaxBodyBytesKey = "Edge:Limits:MaxBodyBytes";

    /// <summary>As the edges' (EdgeLimitOptions).</summary>
    public const long DefaultMaxBodyBytes = 32 * 1_024 * 1_024;
}
