using System.Text.RegularExpressions;

namespace CartoPlatform.EmbeddedPostGis.Clusters;

/// <summary>The server's own words, turned into one sentence. Its messages are in English: lc_messages is C.</summary>
internal static partial class ServerLog
{
    private const int TailBytes = 64 * 1024;

    /// <summary>Long enough for a day of trouble, short enough for a small disk.</summary>
    private const long LimitBytes = 16 * 1024 * 1024;

    public static string PathIn(string dataDirectory) => Path.Combine(dataDirectory, "server.log");

    public static long Length(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;

    /// <summary>What was written after <paramref name="offset"/>, at most the last 64 KB of it.</summary>
    public static async Task<string> ReadFromAsync(string path, long offset, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
            return "";

        await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        stream.Position = Math.Max(Math.Min(offset, stream.Length), stream.Length - TailBytes);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(cancellationToken);
    }

    /// <summary>Keeps one old file. The server appends, so cutting the file while it writes is safe.</summary>
    public static void Bound(string path)
    {
        if (Length(path) <= LimitBytes)
            return;

        File.Copy(path, path + ".1", overwrite: true);
        using var stream = new FileStream(path, FileMode.Truncate, FileAccess.Write, FileShare.ReadWrite);
    }

    public static bool IsPortBusy(string text) =>
        text.Contains("could not bind", StringComparison.Ordinal) || text.Contains("could not create any TCP/IP sockets", StringComparison.Ordinal);

    public static bool IsDiskFull(string text) => text.Contains("No space left on device", StringComparison.Ordinal);

    /// <summary><paramref name="what"/> and the reason the text gives.</summary>
    public static string Explain(string text, string what, string folder)
    {
        if (IsDiskFull(text))
            return DiskSpace.Full(folder);

        var reason = Complaint().Matches(text).LastOrDefault()?.Groups["reason"].Value.Trim();
        return $"{what}: {reason ?? text.Trim().Split('\n')[^1]}.";
    }

    [GeneratedRegex(@"(FATAL|PANIC|error):\s+(?<reason>[^\n]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Complaint();
}
