namespace CartoPlatform.EmbeddedPostGis.Clusters;

/// <summary>What the owner of a cluster decides. The defaults are for a platform that keeps its data.</summary>
public sealed record ClusterOptions
{
    public const string PublicImage = "postgis/postgis:17-3.5";

    /// <summary>The platform's folder: the cluster is <c>postgres</c> in it, its passwords are in <c>secrets</c>.</summary>
    public required string DataFolder { get; init; }

    /// <summary>False for databases that live as long as one test run: changes are not forced to the disk.</summary>
    public bool IsDurable { get; init; } = true;

    /// <summary>What the server may plan with; the machine's memory when not given.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>For machines without PostgreSQL: what a container is made of. The image of a data folder that has one is kept.</summary>
    public string ContainerImage { get; init; } = PublicImage;
}
