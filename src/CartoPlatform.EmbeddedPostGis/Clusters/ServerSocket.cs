using System.Globalization;
using System.Text;

namespace CartoPlatform.EmbeddedPostGis.Clusters;

/// <summary>
/// The socket of a server in the file system. It lies in the data directory, which only the server's own account and root can enter,
/// and asks for passwords as every other way does.
/// </summary>
internal static class ServerSocket
{
    // Of sockaddr_un on Linux and, four bytes fewer, on macOS; a zero at the end.
    private const int MaxPathBytes = 103;

    private const string Prefix = ".s.PGSQL.";

    /// <summary>The folder to make it in, as a value of PostgreSQL's; empty where the path is too long, or needs quotes in a list or in a shell.</summary>
    public static string FolderIn(string dataDirectory, int port) =>
        Encoding.UTF8.GetByteCount(PathOf(dataDirectory, port)) <= MaxPathBytes && dataDirectory.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '/' or '.' or '-' or '_')
            ? dataDirectory
            : "";

    /// <summary>Whether a socket is there, and we can see it.</summary>
    public static bool IsIn(string folder, int port) => folder.StartsWith('/') && File.Exists(PathOf(folder, port));

    /// <summary>Takes away what a killed server has left: the lock beside a socket names a process, and its number may be somebody else's by now.</summary>
    public static void RemoveLeftOver(string dataDirectory)
    {
        if (!Directory.Exists(dataDirectory)) return;
        foreach (var path in Directory.GetFiles(dataDirectory, Prefix + "*")) File.Delete(path);
    }

    private static string PathOf(string folder, int port) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{port}"));
}
