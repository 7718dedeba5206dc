namespace CartoPlatform.Topology;

/// <summary>One service of a topology: what it is, what it needs, what it is given.</summary>
public sealed record ServiceSpec
{
    public required string Name { get; init; }

    /// <summary>Project and assembly, such as <c>CartoPlatform.MapsApi</c>.</summary>
    public required string Project { get; init; }

    public required Layer Layer { get; init; }

    public required IReadOnlyList<string> Networks { get; init; }

    public int Replicas { get; init; } = 1;

    /// <summary>Ports inside containers; the process runner chooses free ones.</summary>
    public PortSpec Ports { get; init; } = new();

    /// <summary>Configuration as environment variables. Values may hold references, see <see cref="Reference"/>.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Names of services that must be ready before this one starts.</summary>
    public IReadOnlyList<string> DependsOn { get; init; } = [];

    public HealthSpec Health { get; init; } = new();

    public ResourceSpec Resources { get; init; } = new();
}
