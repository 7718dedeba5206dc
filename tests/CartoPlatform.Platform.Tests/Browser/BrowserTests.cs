using CartoPlatform.Testing.Platform;
using Xunit.Abstractions;

namespace CartoPlatform.Platform.Tests.Browser;

/// <summary>The page in a real browser: one test for each suite in <c>tests/browser/suites</c>.</summary>
[Collection(SharedPlatform.Name)]
public sealed class BrowserTests(PlatformFixture platforms, ITestOutputHelper output)
{
    internal static readonly string Folder = Repository.PathOf("tests", "browser");

    public static TheoryData<string> Suites => [.. NodeSuites.In(Folder)];

    [BrowserTheory, MemberData(nameof(Suites))]
    public async Task Suite_passes(string suite) =>
        await NodeSuites.PassAsync(Folder, suite, await platforms.GetAsync(Topologies.Standard), output);
}
