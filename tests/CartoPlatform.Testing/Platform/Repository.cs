namespace CartoPlatform.Testing.Platform;

/// <summary>The repository that these tests were built in.</summary>
public static class Repository
{
    private const string Marker = "CartoPlatform.sln";

    public static string Root { get; } = FindRoot();

    /// <summary>The command line, built with the same configuration as the tests: …/bin/Release/net10.0/.</summary>
    public static string Cli { get; } = FindCli();

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string FindCli()
    {
        var framework = new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var configuration = framework.Parent?.Name ?? throw new InvalidOperationException($"{framework} is no folder of a build.");
        return PathOf("src", "CartoPlatform.Cli", "bin", configuration, framework.Name, "CartoPlatform.Cli.dll");
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, Marker))) return folder.FullName;
        }

        throw new InvalidOperationException($"There is no {Marker} above {AppContext.BaseDirectory}.");
    }
}
