using System.Text.RegularExpressions;
using CartoPlatform.Topology.Deployment;

namespace CartoPlatform.Topology.Tests.Deployment;

public sealed partial class DeploymentFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("carto-deployment-").FullName;

    public static TheoryData<string> Deployed => DeployFilesTests.Deployed;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Deployed))]
    public void Compose_files_find_beside_them_what_they_mount(string name)
    {
        var written = Write(name);

        var composeFiles = written.Where(file => Path.GetFileName(file).StartsWith("compose", StringComparison.Ordinal)).ToList();
        Assert.Contains($"compose/{name}/compose.yaml", composeFiles);
        foreach (var file in composeFiles)
        {
            var path = Path.Combine(_folder, file);
            Assert.All(
                Mounted().Matches(File.ReadAllText(path)).Select(match => Path.Combine(Path.GetDirectoryName(path)!, match.Groups["path"].Value)),
                mounted => Assert.True(Path.Exists(mounted), mounted));
        }
    }

    [ChartTheory]
    [MemberData(nameof(Deployed))]
    public void Chart_renders_what_that_of_the_repository_does(string name)
    {
        Write(name);

        Assert.Equal(
            Chart.Render(name).Select(document => document.GetRawText()),
            Chart.RenderFrom(Path.Combine(_folder, "kubernetes"), name).Select(document => document.GetRawText()));
    }

    [Fact]
    public void Only_the_files_of_the_topology_are_there_and_what_else_is_in_the_folder_stays()
    {
        File.WriteAllText(Path.Combine(_folder, "mine"), "kept");

        var written = Write("tier2");

        Assert.Equal("kept", File.ReadAllText(Path.Combine(_folder, "mine")));
        Assert.Equal(written.Append("mine").Order(), Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_folder, file)).Order());
        Assert.DoesNotContain(written, file => Regex.IsMatch(file, "standard|tier1|tier3|secrets/"));
        Assert.True(File.GetUnixFileMode(Path.Combine(_folder, "compose", "make-secrets")).HasFlag(UnixFileMode.UserExecute));
        Assert.Equal(written, Write("tier2"));
    }

    [Fact]
    public void Topology_for_developers_is_not_deployed()
    {
        var exception = Assert.Throws<ArgumentException>(() => Write("services"));

        Assert.Contains("standard, tier1, tier2, tier3", exception.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    private IReadOnlyList<string> Write(string name) => DeploymentFolder.Write(Topologies.Find(name)!, Path.Combine(Repository.Root, "deploy"), _folder);

    [GeneratedRegex("""(?<=")(?<path>\.\./[^:"]+):""")]
    private static partial Regex Mounted();
}
