using CartoPlatform.Cli.Platforms;
using CartoPlatform.EmbeddedPostGis.Provisioning;

namespace CartoPlatform.Cli.Backups;

/// <summary>What belongs to a platform, by its names in an archive.</summary>
internal static class BackupContent
{
    public const string SamplesMark = "samples-loaded";

    private const string Secrets = "secrets/";

    /// <summary>The passwords of the server's logins: each server has its own.</summary>
    private const string OfServer = "postgres-";

    public static readonly string[] Databases = [PlatformLogins.MetadataDatabase, PlatformLogins.DataDatabase];

    public static string DumpOf(string database) => $"databases/{database}.dump";

    /// <summary>Whether an archive may hold it: one of a few names, or a file right under <c>secrets/</c>.</summary>
    public static bool IsKnown(string name) =>
        name == SamplesMark || Databases.Any(database => name == DumpOf(database))
        || (name.StartsWith(Secrets, StringComparison.Ordinal) && IsSecret(name[Secrets.Length..]));

    /// <summary>The files that a backup takes along.</summary>
    public static IEnumerable<(string Name, string Path)> Files(DataFolder data)
    {
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(data.OwnerTokenFile) ?? data.Path).Order(StringComparer.Ordinal))
        {
            if (IsSecret(Path.GetFileName(file))) yield return (Secrets + Path.GetFileName(file), file);
        }

        if (File.Exists(data.SamplesMark)) yield return (SamplesMark, data.SamplesMark);
    }

    /// <summary>Puts the unpacked files into the data folder, each whole or not at all.</summary>
    public static void PutBack(string folder, BackupManifest manifest, DataFolder data)
    {
        foreach (var name in manifest.Entries.Select(entry => entry.Name).Where(name => name == SamplesMark || name.StartsWith(Secrets, StringComparison.Ordinal)))
        {
            var target = Path.Combine(data.Path, name);
            var unfinished = target + ".new";
            File.Copy(Path.Combine(folder, name), unfinished, overwrite: true);
            File.Move(unfinished, target, overwrite: true);
        }
    }

    private static bool IsSecret(string file) =>
        file.Length is > 0 and <= 100 && !file.StartsWith(OfServer, StringComparison.Ordinal) && !file.EndsWith(".new", StringComparison.Ordinal)
        && file.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.') && file[0] != '.';
}
