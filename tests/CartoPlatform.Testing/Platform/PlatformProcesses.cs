using System.Globalization;
using CartoPlatform.EmbeddedPostGis.Processes;

namespace CartoPlatform.Testing.Platform;

/// <summary>
/// The processes of a platform as the kernel knows them, whatever the platform itself believes: those that have its data folder in
/// their command line or environment, or work in it. Linux only, as <c>/proc</c> is.
/// </summary>
public static class PlatformProcesses
{
    public static IReadOnlyList<ProcessIdentity> Of(string dataFolder) =>
        [.. Directory.EnumerateDirectories("/proc")
            .Where(folder => int.TryParse(Path.GetFileName(folder), out var id) && id != Environment.ProcessId && Names(folder, dataFolder))
            .Select(folder => ProcessIdentity.Of(int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture)))
            .OfType<ProcessIdentity>()];

    /// <summary>What is left when the processes had their time to end.</summary>
    public static async Task<IReadOnlyList<ProcessIdentity>> LeftAsync(string dataFolder, TimeSpan limit)
    {
        var ended = await Wait.TryUntilAsync(() => Task.FromResult(Of(dataFolder).Count == 0), limit);
        return ended ? [] : Of(dataFolder);
    }

    /// <summary>The command line of a process, for people.</summary>
    public static string Describe(ProcessIdentity process) =>
        $"{process.Id}: {Read($"/proc/{process.Id}/cmdline").Replace('\0', ' ')}";

    private static bool Names(string folder, string dataFolder) =>
        Read($"{folder}/cmdline").Contains(dataFolder, StringComparison.Ordinal)
        || Read($"{folder}/environ").Contains(dataFolder, StringComparison.Ordinal)
        || WorkingFolder(folder).StartsWith(dataFolder, StringComparison.Ordinal);

    // Processes end while they are looked at, and those of other accounts are closed to us.
    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string WorkingFolder(string folder)
    {
        try
        {
            return File.ResolveLinkTarget($"{folder}/cwd", returnFinalTarget: false)?.FullName ?? "";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
