namespace CartoPlatform.Topology;

/// <summary>The stores that topologies are made of.</summary>
internal static class KnownStores
{
    private const int PostgresPort = 5432;
    private const int RedisPort = 6379;
    private const int SentinelPort = 26379;

    /// <summary>Most of three can miss one of them.</summary>
    public const int Sentinels = 3;

    /// <summary>Its machine is a network of its own with the app layer: the web layer has no way to it.</summary>
    public static StoreSpec PostGis { get; } = new()
    {
        Name = StoreNames.PostGis,
        Kind = StoreKind.PostGis,
        Layer = Layer.Data,
        Networks = [NetworkNames.AppData],
        Port = PostgresPort,
        Resources = new ResourceSpec(MemoryMegabytes: 4096, Cpus: 2),
    };

    /// <summary>Internal, though the web layer's caches use it: it holds nothing that cannot be made again.</summary>
    public static StoreSpec Redis { get; } = new()
    {
        Name = StoreNames.Redis,
        Kind = StoreKind.Redis,
        Layer = Layer.App,
        Networks = [NetworkNames.WebApp],
        Port = RedisPort,
        Resources = new ResourceSpec(MemoryMegabytes: 512, Cpus: 0.5),
    };

    public static StoreSpec PostGisReplicas(int replicas) => PostGis with
    {
        Name = StoreNames.PostGisReplica,
        Kind = StoreKind.PostGisReplica,
        Replicas = replicas,
        DependsOn = [StoreNames.PostGis],
    };

    public static StoreSpec RedisStandby { get; } = Redis with
    {
        Name = StoreNames.RedisStandby,
        Kind = StoreKind.RedisStandby,
        DependsOn = [StoreNames.Redis],
    };

    public static StoreSpec RedisSentinels { get; } = Redis with
    {
        Name = StoreNames.RedisSentinel,
        Kind = StoreKind.RedisSentinel,
        Port = SentinelPort,
        Replicas = Sentinels,
        DependsOn = [StoreNames.Redis, StoreNames.RedisStandby],
        Resources = new ResourceSpec(MemoryMegabytes: 64, Cpus: 0.1),
    };
}
