using System.Globalization;

namespace CartoPlatform.EmbeddedPostGis.Binaries;

/// <summary>Finds the PostgreSQL servers of this machine: Debian, Red Hat and Homebrew layouts, and the PATH.</summary>
public static class PostgresInstallations
{
    /// <summary>Names the one folder of programs to look in, as where a PostgreSQL was built by hand.</summary>
    public const string FolderVariable = "CARTO_POSTGRES_BIN";

    private static readonly (string Root, string Pattern)[] Layouts =
    [
        ("/usr/lib/postgresql", "*"),
        ("/usr", "pgsql-*"),
        ("/opt/homebrew/opt", "postgresql*"),
        ("/usr/local/opt", "postgresql*"),
    ];

    /// <summary>Every installation found, newest first, those without a fitting PostGIS included.</summary>
    public static Task<IReadOnlyList<PostgresInstallation>> FindAsync(CancellationToken cancellationToken) =>
        FindAsync(BinDirectories(), cancellationToken);

    internal static async Task<IReadOnlyList<PostgresInstallation>> FindAsync(IEnumerable<string> binDirectories, CancellationToken cancellationToken)
    {
        var found = new List<PostgresInstallation>();
        foreach (var directory in binDirectories.Select(Path.GetFullPath).Distinct(StringComparer.Ordinal))
        {
            if (File.Exists(Path.Combine(directory, "postgres"))
                && File.Exists(Path.Combine(directory, "initdb"))
                && await PostgresDirectories.ReadAsync(directory, cancellationToken) is { } parts)
            {
                found.Add(Describe(directory, parts));
            }
        }

        return [.. found.OrderByDescending(one => one.Major)];
    }

    /// <summary>The newest usable one, or the one of <paramref name="major"/> where a data folder demands it.</summary>
    public static PostgresInstallation Choose(IReadOnlyList<PostgresInstallation> found, int? major = null)
    {
        if (found.FirstOrDefault(one => one.IsUsable && (major is null || one.Major == major)) is { } chosen)
            return chosen;

        if (major is not null)
        {
            throw new ClusterException(
                $"The data folder was made by PostgreSQL {major}, whose server with PostGIS is not installed here: "
                + $"install it (Debian, Ubuntu: apt-get install postgresql-{major} postgresql-{major}-postgis-3), or use another data folder with --data.");
        }

        var seen = found.Count == 0 ? "none was found" : "found only " + string.Join(", ", found);
        throw new ClusterException(
            $"PostgreSQL {PostgresInstallation.OldestMajor} to {PostgresInstallation.NewestMajor} with PostGIS "
            + $"{PostgresInstallation.OldestPostGis} or newer is needed, {seen}: install both (Debian, Ubuntu: apt-get install postgresql postgis postgresql-15-postgis-3), or start a container engine such as Docker.");
    }

    private static IEnumerable<string> BinDirectories() =>
        Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } only ? [only] : UsualDirectories();

    private static IEnumerable<string> UsualDirectories()
    {
        foreach (var (root, pattern) in Layouts.Where(layout => Directory.Exists(layout.Root)))
        {
            foreach (var directory in Directory.GetDirectories(root, pattern))
                yield return Path.Combine(directory, "bin");
        }

        foreach (var directory in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            if (Path.IsPathRooted(directory))
                yield return directory;
        }
    }

    private static PostgresInstallation Describe(string binDirectory, PostgresDirectories parts) => new(
        parts.Major,
        binDirectory,
        PostGisVersion(Path.Combine(parts.Share, "extension", "postgis.control")),
        File.Exists(Path.Combine(parts.Library, "pg_stat_statements.so")) || File.Exists(Path.Combine(parts.Library, "pg_stat_statements.dylib")));

    /// <summary>Reads <c>default_version = '3.5.2'</c>; suffixes such as <c>3.6.0beta1</c> do not count.</summary>
    internal static Version? PostGisVersion(string controlFile)
    {
        if (!File.Exists(controlFile))
            return null;

        var value = File.ReadLines(controlFile)
            .Select(line => line.Split('=', 2, StringSplitOptions.TrimEntries))
            .FirstOrDefault(parts => parts is ["default_version", _])?[1].Trim('\'');
        var numbers = (value ?? "").Split('.').Select(part => new string([.. part.TakeWhile(char.IsAsciiDigit)])).Where(part => part.Length > 0).ToArray();
        return numbers.Length >= 2
            ? new Version(int.Parse(numbers[0], CultureInfo.InvariantCulture), int.Parse(numbers[1], CultureInfo.InvariantCulture))
            : null;
    }
}
