using CartoPlatform.EmbeddedPostGis.Clusters;
using CartoPlatform.EmbeddedPostGis.Provisioning;
using Npgsql;

namespace CartoPlatform.Cli.Platforms;

/// <summary>
/// The server that a platform's databases were moved to (<c>./carto move</c>): where it is, in a file of the data folder; its passwords are
/// among the secrets. Without the file the embedded cluster is the platform's.
/// </summary>
internal static class ExternalDatabase
{
    private const string Name = "external-database";

    /// <summary>Null where the database is embedded.</summary>
    public static ClusterConnections? Find(DataFolder data) => FileIn(data) is var file && File.Exists(file)
        ? new ClusterConnections(new NpgsqlConnectionStringBuilder(File.ReadAllText(file).Trim()), data.Secrets())
        : null;

    /// <summary>Host and port, for people.</summary>
    public static string? Describe(DataFolder data) => FileIn(data) is var file && File.Exists(file)
        && new NpgsqlConnectionStringBuilder(File.ReadAllText(file).Trim()) is var server ? $"{server.Host}:{server.Port}" : null;

    /// <summary>Brings it to what this version of the platform wants, as each start does with an embedded one.</summary>
    public static async Task<ClusterConnections?> PrepareAsync(DataFolder data, IProgress<string> report, CancellationToken cancellationToken)
    {
        if (Find(data) is not { } connections) return null;
        try
        {
            await PlatformProvisioning.EnsureDatabasesAsync(connections, data.Secrets(), cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification)
        {
            // Its operator may have taken the strong role away: what is there goes on.
            report.Report($"The database at {Describe(data)} is left as it is: {exception.MessageText}.");
        }

        return connections;
    }

    /// <param name="data">The platform's folder.</param>
    /// <param name="server">Without a login.</param>
    public static void Choose(DataFolder data, NpgsqlConnectionStringBuilder server)
    {
        var unfinished = FileIn(data) + ".new";
        File.WriteAllText(unfinished, server.ConnectionString + "\n");
        File.Move(unfinished, FileIn(data), overwrite: true);
    }

    private static string FileIn(DataFolder data) => Path.Combine(data.Path, Name);
}
