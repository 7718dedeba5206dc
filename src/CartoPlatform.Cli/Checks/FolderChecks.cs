using CartoPlatform.Cli.Platforms;
using CartoPlatform.EmbeddedPostGis.Clusters;

namespace CartoPlatform.Cli.Checks;

internal static class FolderChecks
{
    private const long Megabyte = 1024 * 1024;
    private const long NeededBytes = 400 * Megabyte;
    private const long ComfortableBytes = 2048 * Megabyte;

    /// <summary>Whether files can be made in the folder, or in the one it will be made in.</summary>
    public static Check Rights(DataFolder data)
    {
        var folder = Existing(data.Path);
        var probe = Path.Combine(folder, $".carto-probe-{Environment.ProcessId}");
        try
        {
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
            return Check.Pass("data folder", folder == data.Path ? data.Path : $"{data.Path} (not made yet)");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Check.Fail("data folder", $"nothing can be written to {folder} ({exception.Message.TrimEnd('.')}): change its rights, or choose another folder with CARTO_DATA");
        }
    }

    public static Check Space(DataFolder data)
    {
        var free = new DriveInfo(Existing(data.Path)).AvailableFreeSpace;
        return free switch
        {
            < NeededBytes => Check.Fail("disk", $"{free / Megabyte} MB free at {data.Path}, {NeededBytes / Megabyte} MB are needed: free some space, or choose another folder with CARTO_DATA"),
            < ComfortableBytes => Check.Note("disk", $"{free / Megabyte} MB free at {data.Path}: enough to start, little for data"),
            _ => Check.Pass("disk", $"{free / Megabyte} MB free at {data.Path}"),
        };
    }

    /// <summary>Databases under /var/lib whose data folder is gone. Null when there are none.</summary>
    public static Check? Forgotten()
    {
        var forgotten = EmbeddedCluster.Forgotten();
        return forgotten.Count == 0
            ? null
            : Check.Note("left-overs", $"databases of data folders that are gone: {string.Join(", ", forgotten)}; remove them with rm -r if nobody wants them back");
    }

    private static string Existing(string path)
    {
        var folder = path;
        while (!Directory.Exists(folder))
            folder = Path.GetDirectoryName(folder) ?? "/";
        return folder;
    }
}
