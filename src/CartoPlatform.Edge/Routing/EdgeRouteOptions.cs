namespace CartoPlatform.Edge.Routing;

/// <summary>Base URLs of the processes behind the edge, where they are processes of their own; of several replicas, with semicolons between them.</summary>
public sealed class EdgeRouteOptions
{
    public const string Section = "Edge";

    /// <summary>
    /// The cache process, which passes map and SQL traffic on to the APIs; null sends it to the APIs directly. Of several each answer is
    /// kept by one.
    /// </summary>
    public string? Cache { get; set; }

    public string? MapsApi { get; set; }

    public string? SqlApi { get; set; }

    public string? WorkspaceApi { get; set; }
}
