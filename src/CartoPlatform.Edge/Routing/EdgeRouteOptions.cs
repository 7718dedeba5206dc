namespace CartoPlatform.Edge.Routing;

/// <summary>Base URLs of the processes behind the edge, where they are processes of their own.</summary>
public sealed class EdgeRouteOptions
{
    public const string Section = "Edge";

    /// <summary>The cache process, which passes map and SQL traffic on to the APIs; null sends it to the APIs directly.</summary>
    public Uri? Cache { get; set; }

    /// <summary>Several cache processes in place of <see cref="Cache"/>: each answer is kept by one of them.</summary>
    public IReadOnlyList<Uri> CachePool { get; set; } = [];

    public Uri? MapsApi { get; set; }

    public Uri? SqlApi { get; set; }

    public Uri? WorkspaceApi { get; set; }
}
