using System.Globalization;

namespace CartoPlatform.Topology;

/// <summary>The services that topologies are made of, with all that is the same wherever they run.</summary>
internal static class KnownServices
{
    private static readonly string[] AppNetworks = [NetworkNames.WebApp, NetworkNames.AppData];

    /// <summary>All modules in one process.</summary>
    public static ServiceSpec Standalone { get; } = new()
    {
        Name = ServiceNames.Standalone,
        Project = "CartoPlatform.Standalone",
        Layer = Layer.App,
        Networks = [NetworkNames.Public, NetworkNames.AppData],
        Environment = Settings.Merge(Settings.Shared, Settings.Verification, Settings.Metadata, Settings.Bootstrap, Settings.Pages),
        Resources = new ResourceSpec(MemoryMegabytes: 1024, Cpus: 2),
    };

    public static ServiceSpec WorkspaceApi { get; } = new()
    {
        Name = ServiceNames.WorkspaceApi,
        Project = "CartoPlatform.WorkspaceApi",
        Layer = Layer.App,
        Networks = AppNetworks,
        Environment = Settings.Merge(Settings.Shared, Settings.Verification, Settings.Metadata, Settings.Bootstrap),
    };

    public static ServiceSpec MapsApi { get; } = new()
    {
        Name = ServiceNames.MapsApi,
        Project = "CartoPlatform.MapsApi",
        Layer = Layer.App,
        Networks = AppNetworks,
        Environment = Settings.Merge(Settings.Shared, Settings.Verification, Settings.Workspace),
        DependsOn = [ServiceNames.WorkspaceApi],
    };

    public static ServiceSpec SqlApi { get; } = new()
    {
        Name = ServiceNames.SqlApi,
        Project = "CartoPlatform.SqlApi",
        Layer = Layer.App,
        Networks = AppNetworks,
        Environment = Settings.Merge(Settings.Shared, Settings.Verification, Settings.Workspace, Settings.Metadata),
        DependsOn = [ServiceNames.WorkspaceApi],
    };

    public static ServiceSpec Worker { get; } = new()
    {
        Name = ServiceNames.Worker,
        Project = "CartoPlatform.Worker",
        Layer = Layer.App,
        Networks = [NetworkNames.AppData],
        Environment = Settings.Merge(Settings.Shared, Settings.Workspace, Settings.Metadata),
        DependsOn = [ServiceNames.WorkspaceApi],
    };

    public static ServiceSpec Cache { get; } = new()
    {
        Name = ServiceNames.Cache,
        Project = "CartoPlatform.Cache",
        Layer = Layer.Web,
        Networks = [NetworkNames.WebApp],
        Environment = Settings.Merge(Settings.Shared, Settings.Verification, Settings.Workspace, Settings.VersionFeed, Settings.Behind("Cache", ServiceNames.MapsApi, ServiceNames.SqlApi)),
        DependsOn = [ServiceNames.MapsApi, ServiceNames.SqlApi],
    };

    public static ServiceSpec Edge { get; } = new()
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
    };

    /// <summary>In front of several edges where the surroundings bring no balancer of their own. It sees nothing but the edges.</summary>
    public static ServiceSpec Balancer { get; } = new()
    {
        Name = ServiceNames.Balancer,
        Project = "CartoPlatform.Balancer",
        Layer = Layer.Web,
        Networks = [NetworkNames.Public],
        // A balancer has no part in the platform's secrets.
        Environment = Settings.Merge(Settings.Process, Settings.Behind("Balancer", ServiceNames.Edge)),
        DependsOn = [ServiceNames.Edge],
        Resources = new ResourceSpec(MemoryMegabytes: 256, Cpus: 1),
    };

    /// <summary>With a part in the shared Redis, for those that use one: nobody else is given its password.</summary>
    public static ServiceSpec Sharing(ServiceSpec service, IReadOnlyDictionary<string, string> redis) =>
        service.Name is ServiceNames.Edge or ServiceNames.Cache ? service with { Environment = Settings.Merge(service.Environment, redis) } : service;

    /// <summary>For the Workspace API: where reads of the first connection may go. A database that somebody else keeps may have none.</summary>
    public static ServiceSpec WithReplicas(ServiceSpec service, int replicas) => service with
    {
        Environment = Settings.Merge(service.Environment, Enumerable.Range(0, replicas).ToDictionary(
            index => string.Create(CultureInfo.InvariantCulture, $"Bootstrap__Connections__0__ReplicaConnectionStrings__{index}"),
            index => Reference.ToOptional(Reference.ReplicaConnection(index + 1)))),
    };

    /// <summary>A service of which there are several: one that ends lets the others take over first.</summary>
    public static ServiceSpec Pool(ServiceSpec service, int replicas) => service with
    {
        Replicas = replicas,
        Environment = Settings.Merge(service.Environment, Settings.Drain),
    };
}
