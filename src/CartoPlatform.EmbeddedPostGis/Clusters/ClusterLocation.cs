using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace CartoPlatform.EmbeddedPostGis.Clusters;

/// <summary>
/// Where the cluster of a data folder lies: in it, or, where PostgreSQL's account cannot reach the folder
/// (/root, mktemp -d), beside it under /var/lib with a symbolic link.
/// </summary>
internal static class ClusterLocation
{
    public const string Elsewhere = "/var/lib/cartoplatform";

    private const string NoteEnding = ".owner";

    public static string In(string dataFolder) => Path.Combine(dataFolder, "postgres");

    /// <summary>Whether a cluster is there. A link that leads nowhere is an error: making a new cluster would hide the data.</summary>
    public static bool Exists(string dataFolder)
    {
        var path = In(dataFolder);
        if (File.Exists(Path.Combine(path, "PG_VERSION")))
            return true;

        if (new DirectoryInfo(path).LinkTarget is { } target)
            throw new ClusterException($"{path} leads to {target}, where there is no database: bring that folder back, or use another data folder with --data.");

        if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
            throw new ClusterException($"{path} is not a PostgreSQL data directory and is not empty: move it away, or use another data folder with --data.");

        return false;
    }

    public static int Major(string dataFolder)
    {
        var file = Path.Combine(In(dataFolder), "PG_VERSION");
        return int.TryParse(File.ReadAllText(file), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var major)
            ? major
            : throw new ClusterException($"{file} does not hold a version of PostgreSQL: the data directory is damaged, restore it from a backup.");
    }

    /// <summary>Notes beside a cluster elsewhere which data folder it belongs to.</summary>
    public static void Note(string target, string dataFolder) => File.WriteAllText(target + NoteEnding, Path.GetFullPath(dataFolder));

    /// <summary>Clusters elsewhere that no data folder links to.</summary>
    public static IReadOnlyList<string> Forgotten()
    {
        if (!Directory.Exists(Elsewhere))
            return [];

        return [.. Directory.EnumerateFiles(Elsewhere, "*" + NoteEnding)
            .Select(note => (Cluster: note[..^NoteEnding.Length], DataFolder: File.ReadAllText(note)))
            .Where(known => Directory.Exists(known.Cluster) && new DirectoryInfo(In(known.DataFolder)).LinkTarget != known.Cluster)
            .Select(known => known.Cluster)];
    }

    /// <summary>Removes the cluster of a data folder, wherever it lies.</summary>
    public static void Remove(string dataFolder)
    {
        var path = In(dataFolder);
        if (new DirectoryInfo(path).LinkTarget is { } target)
        {
            if (Directory.Exists(target)) Directory.Delete(target, recursive: true);
            File.Delete(target + NoteEnding);
            File.Delete(path);
        }
        else if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }

    /// <summary>The directory to make a new cluster in; the last part does not exist yet.</summary>
    public static async Task<string> ForNewAsync(string dataFolder, ServerAccount account, CancellationToken cancellationToken)
    {
        if (await account.CanEnterAsync(dataFolder, cancellationToken))
            return In(dataFolder);

        Directory.CreateDirectory(Elsewhere);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(dataFolder))))[..12];
        // Random: a folder that was removed and made again must not meet the database of the first one.
        return Path.Combine(Elsewhere, $"{hash}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}");
    }
}
