using System.Globalization;
using System.Text;
using CartoPlatform.EmbeddedPostGis.Binaries;

namespace CartoPlatform.EmbeddedPostGis.Clusters;

/// <summary>
/// Our settings, in a file that postgresql.conf includes and that is written anew at each start.
/// What an administrator sets by ALTER SYSTEM wins over it.
/// </summary>
internal static class ClusterConfiguration
{
    public const string FileName = "carto.conf";

    /// <summary>Of statements about roles the statistics would keep the text with its passwords.</summary>
    public static readonly (string Name, string Value) NoUtility = ("pg_stat_statements.track_utility", "off");

    private const long Megabyte = 1024 * 1024;
    private const long Gigabyte = 1024 * Megabyte;

    /// <summary>Containers get 64 MB of /dev/shm by default, too little for parallel queries.</summary>
    private const long SmallSharedMemoryBytes = 512 * Megabyte;

    public static string Text(PostgresInstallation installation, ClusterOptions options, int port, string socketFolder)
    {
        var text = new StringBuilder("# Written by CartoPlatform at each start: change settings with ALTER SYSTEM, not here.\n");
        foreach (var (name, value) in Tuning(options))
            text.Append(CultureInfo.InvariantCulture, $"{name} = {value}\n");

        text.Append(CultureInfo.InvariantCulture, $"listen_addresses = '127.0.0.1'\nunix_socket_directories = '{socketFolder}'\n");
        text.Append(CultureInfo.InvariantCulture, $"port = {port}\n");
        if (installation.HasStatementStatistics)
            text.Append("shared_preload_libraries = 'pg_stat_statements'\n").Append(CultureInfo.InvariantCulture, $"{NoUtility.Name} = {NoUtility.Value}\n");
        if (IsSharedMemorySmall())
            text.Append("dynamic_shared_memory_type = mmap\n");
        return text.ToString();
    }

    /// <summary>The port of the last start, which clients may have remembered.</summary>
    public static int? RememberedPort(string dataDirectory)
    {
        var file = Path.Combine(dataDirectory, FileName);
        var line = File.Exists(file) ? File.ReadLines(file).LastOrDefault(line => line.StartsWith("port = ", StringComparison.Ordinal)) : null;
        return int.TryParse(line?["port = ".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : null;
    }

    /// <summary>What makes a server fit for tiles, wherever it runs.</summary>
    public static IEnumerable<(string Name, string Value)> Tuning(ClusterOptions options) => Tuning(
        options.MemoryBytes ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        new DriveInfo(options.DataFolder).AvailableFreeSpace,
        options.IsDurable);

    private static IEnumerable<(string Name, string Value)> Tuning(long memory, long freeDisk, bool isDurable) =>
    [
        ("password_encryption", "'scram-sha-256'"),
        ("max_connections", "100"),
        ("shared_buffers", Megabytes(memory / 4, 32 * Megabyte, 8 * Gigabyte)),
        ("effective_cache_size", Megabytes(memory / 2, 64 * Megabyte, 512 * Gigabyte)),
        ("work_mem", Megabytes(memory / 256, 4 * Megabyte, 64 * Megabyte)),
        ("maintenance_work_mem", Megabytes(memory / 16, 32 * Megabyte, Gigabyte)),
        // Tiles are many short queries: compiling one costs more than running it.
        ("jit", "off"),
        ("random_page_cost", "1.1"),
        ("effective_io_concurrency", "64"),
        ("max_wal_size", Megabytes(freeDisk / 16, 256 * Megabyte, 4 * Gigabyte)),
        ("wal_compression", "on"),
        ("checkpoint_timeout", "15min"),
        // Change detection reads commits and, where allowed, the log itself.
        ("wal_level", "logical"),
        ("track_commit_timestamp", "on"),
        ("timezone", "'UTC'"),
        ("log_timezone", "'UTC'"),
        ("log_line_prefix", "'%m [%p] %q%u@%d '"),
        ("lc_messages", "'C'"),
        // Users' SQL may be long and private; its errors go to the user.
        ("log_min_error_statement", "'panic'"),
        ("fsync", isDurable ? "on" : "off"),
        ("full_page_writes", isDurable ? "on" : "off"),
        ("synchronous_commit", isDurable ? "on" : "off"),
    ];

    private static string Megabytes(long bytes, long atLeast, long atMost) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Clamp(bytes, atLeast, atMost) / Megabyte}MB");

    private static bool IsSharedMemorySmall() =>
        OperatingSystem.IsLinux() && Directory.Exists("/dev/shm") && new DriveInfo("/dev/shm").TotalSize < SmallSharedMemoryBytes;
}
