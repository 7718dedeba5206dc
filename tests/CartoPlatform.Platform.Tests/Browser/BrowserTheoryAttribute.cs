using CartoPlatform.Testing.Platform;

namespace CartoPlatform.Platform.Tests.Browser;

/// <summary>Needs a Chromium and the built page: without them the test is skipped at a desk, and fails where CI is set.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserTheoryAttribute : TheoryAttribute
{
    // The places where the browser suite looks.
    private static readonly string[] Browsers = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private static readonly string Page = Repository.PathOf("src", "CartoPlatform.Builder", "dist", "index.html");

    public BrowserTheoryAttribute()
    {
        if (!NodeSuites.Exist(BrowserTests.Folder)) Skip = "There is no browser suite in this checkout.";
        else if (Environment.GetEnvironmentVariable("CI") is { Length: > 0 }) return;
        else if (!HasBrowser) Skip = "There is no Chromium: install it, or name one in CHROMIUM.";
        else if (!File.Exists(Page)) Skip = $"The page is not built: there is no {Page}.";
    }

    private static bool HasBrowser => Browsers.Append(Environment.GetEnvironmentVariable("CHROMIUM")).Any(File.Exists);
}
