namespace CartoPlatform.Topology;

public enum StoreKind
{
    PostGis,

    /// <summary>Follows the primary by streaming replication; answers reads.</summary>
    PostGisReplica,
    Redis,

    /// <summary>Follows the Redis that is primary, and takes its place when the sentinels say so.</summary>
    RedisStandby,

    /// <summary>Watches the primary Redis together with the others, and makes the standby primary when most of them miss it.</summary>
    RedisSentinel,
}
