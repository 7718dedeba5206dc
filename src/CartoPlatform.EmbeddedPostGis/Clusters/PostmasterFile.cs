using System.Globalization;

namespace CartoPlatform.EmbeddedPostGis.Clusters;

/// <summary>
/// postmaster.pid, which a running server keeps in its data directory: process id, directory, start, port, folder of the socket, …, state
/// (src/include/utils/pidfile.h of PostgreSQL, the same in 10 to 18).
/// </summary>
internal sealed record PostmasterFile(int ProcessId, int? Port, string? SocketFolder, string? State)
{
    private const int PortLine = 3;
    private const int SocketLine = 4;
    private const int StateLine = 7;

    public static string PathIn(string dataDirectory) => Path.Combine(dataDirectory, "postmaster.pid");

    /// <summary>Null when there is no file, or one that no server has written.</summary>
    public static PostmasterFile? Read(string dataDirectory)
    {
        try
        {
            var lines = File.ReadAllLines(PathIn(dataDirectory));
            return int.TryParse(lines.FirstOrDefault(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id)
                ? new PostmasterFile(Math.Abs(id), Number(lines, PortLine), lines.ElementAtOrDefault(SocketLine)?.Trim(), lines.ElementAtOrDefault(StateLine)?.Trim())
                : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static int? Number(string[] lines, int index) =>
        int.TryParse(lines.ElementAtOrDefault(index), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
