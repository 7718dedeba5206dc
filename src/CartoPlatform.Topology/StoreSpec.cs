namespace CartoPlatform.Topology;

/// <summary>One store of a topology: a program of somebody else's that keeps something.</summary>
public sealed record StoreSpec
{
    public required string Name { get; init; }

    public required StoreKind Kind { get; init; }

    public required Layer Layer { get; init; }

    public required IReadOnlyList<string> Networks { get; init; }

    public int Replicas { get; init; } = 1;

    /// <summary>The port inside containers; the process runner chooses free ones.</summary>
    public required int Port { get; init; }

    public IReadOnlyList<string> DependsOn { get; init; } = [];

    public ResourceSpec Resources { get; init; } = new();

    public bool IsRedis => Kind is StoreKind.Redis or StoreKind.RedisStandby or StoreKind.RedisSentinel;
}
