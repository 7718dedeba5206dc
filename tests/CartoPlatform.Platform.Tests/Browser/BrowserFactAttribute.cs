using CartoPlatform.Testing.Platform;

namespace CartoPlatform.Platform.Tests.Browser;

/// <summary>Needs a Chromium: without one the test is skipped at a desk, and fails where CI is set.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserFactAttribute : FactAttribute
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "chrome"];

    public BrowserFactAttribute()
    {
        if (!File.Exists(Repository.PathOf("tests", "browser", "run.sh"))) Skip = "There is no browser suite in this checkout.";
        else if (!IsCi && !HasBrowser) Skip = $"None of {string.Join(", ", Names)} is in the path.";
    }

    private static bool IsCi => Environment.GetEnvironmentVariable("CI") is { Length: > 0 };

    private static bool HasBrowser =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(folder => Names.Any(name => File.Exists(Path.Combine(folder, name))));
}
