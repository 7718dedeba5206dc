namespace CartoPlatform.Cli.Platforms;

/// <summary>Where things lie in the repository that this program was built in.</summary>
internal static class RepositoryLayout
{
    private const string Marker = "CartoPlatform.sln";

    public static string Root { get; } = FindRoot();

    /// <summary>Release or Debug, as this program itself: …/bin/Release/net10.0/.</summary>
    private static string Configuration { get; } =
        new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)).Parent?.Name ?? "Release";

    public static string BinaryFolder(string project) =>
        Path.Combine(Root, "src", project, "bin", Configuration, Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)));

    public static string Samples => Path.Combine(Root, "samples", "demo");

    /// <summary>The built web application; null when it has not been built.</summary>
    public static string? Pages =>
        Path.Combine(Root, "src", "CartoPlatform.Builder", "dist") is var folder && Directory.Exists(folder) ? folder : null;

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, Marker)))
                return folder.FullName;
        }

        throw new CommandException($"This program must lie in its repository: no {Marker} was found above {AppContext.BaseDirectory}.");
    }
}
