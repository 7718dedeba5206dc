namespace CartoPlatform.Topology.Tests;

internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    /// <summary>Of a project in src, in the configuration that the tests were built in.</summary>
    public static string BinaryFolder(string project)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        return Path.Combine(Root, "src", project, "bin", own.Parent!.Name, own.Name);
    }

    private static string Find(string folder) =>
        File.Exists(Path.Combine(folder, "CartoPlatform.sln")) ? folder : Find(Path.GetDirectoryName(folder)!);
}
