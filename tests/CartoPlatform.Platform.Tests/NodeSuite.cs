using System.Text.RegularExpressions;
using CartoPlatform.Testing.Platform;
using Xunit.Abstractions;

namespace CartoPlatform.Platform.Tests;

/// <summary>Runs a suite of <c>node:test</c> against a platform, and counts what it says in the Test Anything Protocol.</summary>
internal static partial class NodeSuite
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public static async Task PassAsync(string script, IEnumerable<string> arguments, PlatformStatus platform, ITestOutputHelper output)
    {
        var result = await Command.RunAsync(script, arguments, Limit, new Dictionary<string, string>
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
