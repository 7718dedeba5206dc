namespace CartoPlatform.Topology;

/// <summary>Networks of a topology. A service can be reached from the services that share one with it.</summary>
public static class NetworkNames
{
    public const string Public = "public";
    public const string WebApp = "web-app";
    public const string AppData = "app-data";
}
