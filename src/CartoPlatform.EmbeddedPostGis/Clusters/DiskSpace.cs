namespace CartoPlatform.EmbeddedPostGis.Clusters;

internal static class DiskSpace
{
    private const int NoSpace = 28; // ENOSPC
    private const long Megabyte = 1024 * 1024;

    public static void Require(string folder, long bytes)
    {
        var free = new DriveInfo(folder).AvailableFreeSpace;
        if (free < bytes)
            throw new ClusterException($"The disk of {folder} has {free / Megabyte} MB free, the database needs {bytes / Megabyte} MB: free some space and try again.");
    }

    /// <summary>Where .NET has no exception of its own it passes the error number on.</summary>
    public static bool IsFull(IOException exception) => exception.HResult == NoSpace;

    public static string Full(string folder) =>
        $"The disk of {folder} is full ({new DriveInfo(folder).AvailableFreeSpace / Megabyte} MB free): free some space and try again, nothing is lost.";
}
