namespace CartoPlatform.Topology.Deployment;

/// <summary>
/// What one topology is deployed with, in a folder of its own that needs nothing else of the repository: <c>compose/</c> for Compose, and
/// <c>kubernetes/</c>, the chart with the values of the topology. Without secrets: <c>compose/make-secrets</c> makes them where they are used.
/// </summary>
public static class DeploymentFolder
{
    private const string Compose = "compose";
    private const string Kubernetes = "kubernetes";
    private const string Chart = "helm";

    /// <summary>
    /// Files of these names are replaced, others in the folder are left alone. What does not follow from the records is taken from the repository's
    /// <c>deploy/</c>.
    /// </summary>
    /// <returns>The paths that were written, relative to the folder.</returns>
    /// <exception cref="ArgumentException">The topology is none that is deployed.</exception>
    public static IReadOnlyList<string> Write(TopologySpec topology, string deploy, string folder)
    {
        if (!DeployFiles.Deployed.Contains(topology))
            throw new ArgumentException(
                $"The topology '{topology.Name}' is for developers and is not deployed: use {string.Join(", ", DeployFiles.Deployed.Select(deployed => deployed.Name))}.",
                nameof(topology));

        string[] shared = ["make-secrets", .. FilesIn(deploy, "postgis"), .. FilesIn(deploy, "redis")];
        string[] chart = [.. FilesIn(deploy, Chart).Where(file => !Path.GetFileName(file).StartsWith("values-", StringComparison.Ordinal))];
        var written = new List<string>();
        foreach (var file in shared) Copy(file, Path.Combine(Compose, file));
        foreach (var file in chart) Copy(file, InChart(file));
        foreach (var (file, text) in DeployFiles.Of(topology))
            File.WriteAllText(PathOf(file.StartsWith($"{Chart}/", StringComparison.Ordinal) ? InChart(file) : Path.Combine(Compose, file)), text);

        return written;

        void Copy(string file, string target) => File.Copy(Path.Combine(deploy, file), PathOf(target), overwrite: true);

        string PathOf(string file)
        {
            var path = Path.Combine(folder, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!); // Not null: a path of a file.
            written.Add(file);
            return path;
        }
    }

    private static string InChart(string file) => Path.Combine(Kubernetes, Path.GetRelativePath(Chart, file));

    // The chart links to the folders of the stores: what a link leads to is copied in its place.
    private static IEnumerable<string> FilesIn(string deploy, string folder) =>
        Directory.EnumerateFiles(Path.Combine(deploy, folder), "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(deploy, file))
            .Order(StringComparer.Ordinal);
}
