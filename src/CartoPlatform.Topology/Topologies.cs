namespace CartoPlatform.Topology;

/// <summary>The topologies that exist. What starts or describes services elsewhere follows from these.</summary>
public static class Topologies
{
    /// <summary>Everything in one process.</summary>
    public static TopologySpec Standard { get; } = new("standard", ServiceNames.Standalone,
    [
        new ServiceSpec
        {
            Name = ServiceNames.Standalone,
            Project = "CartoPlatform.Standalone",
            Layer = Layer.App,
            Networks = [NetworkNames.Public, NetworkNames.AppData],
            Environment = Settings.Merge(Settings.Shared, Settings.Verification, Settings.Metadata, Settings.Bootstrap, Settings.Pages),
            Resources = new ResourceSpec(MemoryMegabytes: 1024, Cpus: 2),
        },
    ]);

    /// <summary>Every service a process of its own, on one machine.</summary>
    public static TopologySpec Services { get; } = new("services", ServiceNames.Edge,
    [
        new ServiceSpec
        {
            Name = ServiceNames.WorkspaceApi,
            Project = "CartoPlatform.WorkspaceApi",
            Layer = Layer.App,
            Networks = [NetworkNames.WebApp, NetworkNames.AppData],
            Environment = Settings.Merge(Settings.Shared, Settings.Verification, Settings.Metadata, Settings.Bootstrap),
        },
        new ServiceSpec
        {
            Name = ServiceNames.MapsApi,
            Project = "CartoPlatform.MapsApi",
            Layer = Layer.App,
            Networks = [NetworkNames.WebApp, NetworkNames.AppData],
            Environment = Settings.Merge(Settings.Shared, Settings.Verification, Settings.Workspace),
            DependsOn = [ServiceNames.WorkspaceApi],
        },
        new ServiceSpec
        {
            Name = ServiceNames.SqlApi,
            Project = "CartoPlatform.SqlApi",
            Layer = Layer.App,
            Networks = [NetworkNames.WebApp, NetworkNames.AppData],
            Environment = Settings.Merge(Settings.Shared, Settings.Verification, Settings.Workspace, Settings.Metadata),
            DependsOn = [ServiceNames.WorkspaceApi],
        },
        new ServiceSpec
        {
            Name = ServiceNames.Worker,
            Project = "CartoPlatform.Worker",
            Layer = Layer.App,
            Networks = [NetworkNames.AppData],
            Environment = Settings.Merge(Settings.Shared, Settings.Workspace, Settings.Metadata),
            DependsOn = [ServiceNames.WorkspaceApi],
        },
        new ServiceSpec
        {
            Name = ServiceNames.Cache,
            Project = "CartoPlatform.Cache",
            Layer = Layer.Web,
            Networks = [NetworkNames.WebApp],
            Environment = Settings.Merge(Settings.Shared, Settings.Verification, Settings.Workspace, Settings.VersionFeed, Settings.Behind("Cache", ServiceNames.MapsApi, ServiceNames.SqlApi)),
            DependsOn = [ServiceNames.MapsApi, ServiceNames.SqlApi],
        },
        new ServiceSpec
        {
            Name = ServiceNames.Edge,
            Project = "CartoPlatform.Edge",
            Layer = Layer.Web,
            Networks = [NetworkNames.Public, NetworkNames.WebApp],
            Environment = Settings.Merge(
                Settings.Shared,
                Settings.Verification,
                Settings.Workspace,
                Settings.Pages,
                Settings.VersionFeed,
                Settings.Behind("Edge", ServiceNames.Cache, ServiceNames.MapsApi, ServiceNames.SqlApi, ServiceNames.WorkspaceApi)),
            DependsOn = [ServiceNames.Cache, ServiceNames.WorkspaceApi],
        },
    ]);

    public static IReadOnlyList<TopologySpec> All { get; } = [Standard, Services];

    public static TopologySpec? Find(string name) => All.FirstOrDefault(topology => topology.Name == name);
}
