using System.Text.RegularExpressions;
using CartoPlatform.Testing.Platform;
using Xunit.Abstractions;

namespace CartoPlatform.Platform.Tests;

/// <summary>Suites of <c>node:test</c>: files <c>suites/NAME.test.js</c> in a folder, run by its <c>run.sh NAME</c>.</summary>
internal static partial class NodeSuites
{
    private const string Script = "run.sh";
    private const string Extension = ".test.js";

    /// <summary>The installation of the packages included, which the first suite waits for.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(20);

    public static bool Exist(string folder) => File.Exists(Path.Combine(folder, Script));

    public static IEnumerable<string> In(string folder) =>
        Directory.GetFiles(Path.Combine(folder, "suites"), "*" + Extension).Order(StringComparer.Ordinal)
            .Select(file => Path.GetFileName(file)[..^Extension.Length]);

    /// <summary>Runs a suite against a platform, and counts what it says in the Test Anything Protocol.</summary>
    public static async Task PassAsync(string folder, string suite, PlatformStatus platform, ITestOutputHelper output)
    {
        var result = await Command.RunAsync(Path.Combine(folder, Script), [suite], Limit, new Dictionary<string, string>
        {
            ["CARTO_BASE_URL"] = platform.BaseUrl,
            ["CARTO_TOKEN"] = platform.Token,
            ["CARTO_CONNECTION"] = platform.Connection,
            ["CARTO_POSTGRES"] = platform.Postgres,
            ["CARTO_TEST_REPORTER"] = "tap",
        });
        var (passed, failed) = (Count(result.Output, "pass"), Count(result.Output, "fail"));
        output.WriteLine($"{passed} passed, {failed} failed, {Count(result.Output, "skipped")} skipped");
        Assert.True(result.ExitCode == 0 && failed == 0, string.Join('\n', FailureLine().Matches(result.Output).Select(match => match.Value)) + $"\n{result}");
        Assert.True(passed > 0, $"No test ran.\n{result}");
    }

    private static int Count(string output, string what) =>
        CountLine().Matches(output).Where(match => match.Groups["what"].Value == what)
            .Sum(match => int.Parse(match.Groups["count"].Value, System.Globalization.CultureInfo.InvariantCulture));

    [GeneratedRegex("^# (?<what>pass|fail|skipped) (?<count>\\d+)$", RegexOptions.Multiline)]
    private static partial Regex CountLine();

    [GeneratedRegex("^ *not ok .*$", RegexOptions.Multiline)]
    private static partial Regex FailureLine();
}
