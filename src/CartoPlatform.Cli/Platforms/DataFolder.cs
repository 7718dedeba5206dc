using CartoPlatform.EmbeddedPostGis.Clusters;
using CartoPlatform.EmbeddedPostGis.Secrets;

namespace CartoPlatform.Cli.Platforms;

/// <summary>The folder that holds everything of one platform.</summary>
internal sealed record DataFolder(string Path)
{
    public string RunFile => System.IO.Path.Combine(Path, "run.json");

    public string LockFile => System.IO.Path.Combine(Path, "lock");

    public string HolderFile => System.IO.Path.Combine(Path, "supervisor.json");

    public string Logs => System.IO.Path.Combine(Path, "logs");

    /// <summary>What stores beside the database write: nothing that must last.</summary>
    public string State => System.IO.Path.Combine(Path, "state");

    /// <summary>The output of a detached <c>up</c>.</summary>
    public string UpLog => System.IO.Path.Combine(Logs, "up.log");

    /// <summary>Says that the sample data were loaded once, so that tables dropped by the user stay away.</summary>
    public string SamplesMark => System.IO.Path.Combine(Path, "samples-loaded");

    public string OwnerTokenFile => System.IO.Path.Combine(Path, "secrets", "owner-token");

    /// <summary>Whether a platform was ever started on it.</summary>
    public bool HasPlatform => File.Exists(System.IO.Path.Combine(Path, "secrets", "internal-key"));

    public SecretFolder Secrets() => new(Path);

    public ClusterOptions ClusterOptions()
    {
        var options = new ClusterOptions { DataFolder = Path };
        return Environment.GetEnvironmentVariable("CARTO_POSTGIS_IMAGE") is { Length: > 0 } image ? options with { ContainerImage = image } : options;
    }

    /// <summary>Makes the folder. Open to all but for <c>secrets/</c>: PostgreSQL's account must pass through.</summary>
    public void Create()
    {
        if (!Directory.Exists(Path))
        {
            Directory.CreateDirectory(Path);
            File.SetUnixFileMode(Path, (UnixFileMode)0b111_101_101);
        }

        Directory.CreateDirectory(Logs);
    }
}
