namespace CartoPlatform.Topology;

/// <summary>Names of stores, as <see cref="ServiceNames"/> of services.</summary>
public static class StoreNames
{
    public const string PostGis = "postgis";
    public const string PostGisReplica = "postgis-replica";
    public const string Redis = "redis";
    public const string RedisStandby = "redis-standby";
    public const string RedisSentinel = "redis-sentinel";

    /// <summary>Under which the sentinels know the primary.</summary>
    public const string SentinelMaster = "carto";
}
