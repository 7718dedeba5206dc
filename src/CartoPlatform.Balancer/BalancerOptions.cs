namespace CartoPlatform.Balancer;

/// <summary>What stands behind the balancer.</summary>
public sealed class BalancerOptions
{
    public const string Section = "Balancer";

    /// <summary>Base URLs of the edges, with semicolons between them.</summary>
    public string? Edge { get; set; }

    /// <summary>A body longer than this is the edge's to refuse: it must pass here first.</summary>
    public const long MaxBodyBytes = 1_073_741_824;
}
