namespace CartoPlatform.Topology;

/// <summary>Names of services: of processes, log files, hosts in <c>deploy/</c> and resources of the AppHost alike.</summary>
public static class ServiceNames
{
    public const string Balancer = "balancer";
    public const string Edge = "edge";
    public const string Cache = "cache";
    public const string MapsApi = "maps-api";
    public const string SqlApi = "sql-api";
    public const string WorkspaceApi = "workspace-api";
    public const string Worker = "worker";
    public const string Standalone = "standalone";
}
