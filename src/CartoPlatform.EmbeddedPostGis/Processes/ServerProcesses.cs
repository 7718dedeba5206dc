using System.Globalization;

namespace CartoPlatform.EmbeddedPostGis.Processes;

/// <summary>Finds PostgreSQL processes by where they work: a server and its backends stay in their data directory.</summary>
internal static class ServerProcesses
{
    public static IReadOnlyList<ProcessIdentity> In(string dataDirectory)
    {
        if (!OperatingSystem.IsLinux() || LibC.RealPath(dataDirectory) is not { } directory)
            return [];

        var found = new List<ProcessIdentity>();
        foreach (var entry in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(entry), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && IsServerOf(id, directory)
                && ProcessIdentity.Of(id) is { } process)
            {
                found.Add(process);
            }
        }

        return found;
    }

    /// <summary>Whether this process is a PostgreSQL server process with this (real) data directory.</summary>
    public static bool IsServerOf(int processId, string dataDirectory)
    {
        var proc = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}");
        // After an upgrade of the package the link reads "…/postgres (deleted)".
        return Link($"{proc}/cwd") == dataDirectory
            && Path.GetFileName(Link($"{proc}/exe") ?? "").StartsWith("postgres", StringComparison.Ordinal);
    }

    private static string? Link(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: false)?.FullName;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
