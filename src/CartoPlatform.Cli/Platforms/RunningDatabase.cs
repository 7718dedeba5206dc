using CartoPlatform.EmbeddedPostGis.Clusters;

namespace CartoPlatform.Cli.Platforms;

/// <summary>The database of a running platform.</summary>
internal static class RunningDatabase
{
    public static ClusterConnections Find(DataFolder data) =>
        (PlatformLock.Holder(data) is not null && RunFile.Read(data) is { } run ? Of(data, run) : null)
        ?? throw new CommandException($"No platform runs on {data.Path}: start it with ./carto up.");

    /// <summary>Null while it is not there yet.</summary>
    public static ClusterConnections? Of(DataFolder data, RunRecord run) =>
        ExternalDatabase.Find(data) ?? (run.Database is { MayBeAlive: true } database ? new ClusterConnections(database.Port, data.Secrets()) : null);
}
