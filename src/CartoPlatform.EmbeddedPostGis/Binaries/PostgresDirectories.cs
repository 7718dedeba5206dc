using System.Globalization;
using System.Text.RegularExpressions;
using CartoPlatform.EmbeddedPostGis.Processes;

namespace CartoPlatform.EmbeddedPostGis.Binaries;

/// <summary>Where an installation keeps its parts: as its own pg_config says, or by the layouts in use where that is not installed.</summary>
internal sealed partial record PostgresDirectories(int Major, string Share, string Library)
{
    public static async Task<PostgresDirectories?> ReadAsync(string binDirectory, CancellationToken cancellationToken)
    {
        var version = await ToolRun.RunAsync([Path.Combine(binDirectory, "postgres"), "--version"], cancellationToken);
        if (!VersionNumber().Match(version.Output).Groups["major"].TryParse(out var major))
            return null;

        return await AskPgConfigAsync(binDirectory, major, cancellationToken) ?? Guess(binDirectory, major);
    }

    private static async Task<PostgresDirectories?> AskPgConfigAsync(string binDirectory, int major, CancellationToken cancellationToken)
    {
        var pgConfig = Path.Combine(binDirectory, "pg_config");
        if (!File.Exists(pgConfig))
            return null;

        var answer = await ToolRun.RunAsync([pgConfig, "--version", "--sharedir", "--pkglibdir"], cancellationToken);
        var lines = answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        // A pg_config in the PATH may belong to another major version than the server beside it.
        return lines.Length == 3 && VersionNumber().Match(lines[0]).Groups["major"].TryParse(out var itsMajor) && itsMajor == major
            ? new PostgresDirectories(major, lines[1], lines[2])
            : null;
    }

    private static PostgresDirectories Guess(string binDirectory, int major)
    {
        var root = Path.GetDirectoryName(binDirectory) ?? "/";
        string[] shares =
        [
            string.Create(CultureInfo.InvariantCulture, $"/usr/share/postgresql/{major}"),
            Path.Combine(root, "share", "postgresql"),
            Path.Combine(root, "share"),
        ];
        string[] libraries = [Path.Combine(root, "lib", "postgresql"), Path.Combine(root, "lib")];
        return new PostgresDirectories(
            major,
            shares.FirstOrDefault(share => Directory.Exists(Path.Combine(share, "extension"))) ?? shares[^1],
            libraries.FirstOrDefault(library => File.Exists(Path.Combine(library, "plpgsql.so"))) ?? libraries[^1]);
    }

    [GeneratedRegex(@"PostgreSQL\)? (?<major>\d+)", RegexOptions.CultureInvariant)]
    private static partial Regex VersionNumber();
}

file static class GroupExtensions
{
    public static bool TryParse(this Group group, out int number) =>
        int.TryParse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
