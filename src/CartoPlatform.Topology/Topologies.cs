namespace CartoPlatform.Topology;

/// <summary>The topologies that exist. What starts or describes services elsewhere follows from these.</summary>
public static class Topologies
{
    private const int ReadReplicas = 2;

    /// <summary>Everything on one machine, in one process beside its database.</summary>
    public static TopologySpec Standard { get; } = new("standard", ServiceNames.Standalone, [KnownServices.Standalone])
    {
        Stores = [KnownStores.PostGis],
    };

    /// <summary>As Standard, and the database has a machine of its own.</summary>
    public static TopologySpec Tier1 { get; } = Standard with { Name = "tier1", IsDatabaseApart = true };

    /// <summary>Every service a process of its own, on one machine: for developers.</summary>
    public static TopologySpec Services { get; } = new("services", ServiceNames.Edge,
    [
        KnownServices.WorkspaceApi,
        KnownServices.MapsApi,
        KnownServices.SqlApi,
        KnownServices.Worker,
        KnownServices.Cache,
        KnownServices.Edge,
    ])
    {
        Stores = [KnownStores.PostGis],
    };

    /// <summary>Three zones: the edge alone is exposed, and the database is reachable from the app layer alone.</summary>
    public static TopologySpec Tier2 { get; } = Services with
    {
        Name = "tier2",
        IsDatabaseApart = true,
        Services = [.. Services.Services.Select(service => KnownServices.Sharing(service, Settings.Redis))],
        Stores = [KnownStores.PostGis, KnownStores.Redis],
    };

    /// <summary>Pools of everything that can be several.</summary>
    public static TopologySpec Tier3 { get; } = new("tier3", ServiceNames.Balancer,
    [
        PoolOf(KnownServices.WithReplicas(KnownServices.WorkspaceApi, ReadReplicas), 2),
        PoolOf(KnownServices.MapsApi, 2),
        PoolOf(KnownServices.SqlApi, 2),
        PoolOf(KnownServices.Worker, 2),
        PoolOf(KnownServices.Cache, 2),
        PoolOf(KnownServices.Edge, 2),
        KnownServices.Balancer,
    ])
    {
        IsDatabaseApart = true,
        Stores = [KnownStores.PostGis, KnownStores.PostGisReplicas(ReadReplicas), KnownStores.Redis, KnownStores.RedisStandby, KnownStores.RedisSentinels],
    };

    public static IReadOnlyList<TopologySpec> All { get; } = [Standard, Services, Tier1, Tier2, Tier3];

    private static ServiceSpec PoolOf(ServiceSpec service, int replicas) => KnownServices.Pool(KnownServices.Sharing(service, Settings.Sentinels), replicas);

    public static TopologySpec? Find(string name) => All.FirstOrDefault(topology => topology.Name == name);
}
