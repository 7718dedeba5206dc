using System.Text.RegularExpressions;
using CartoPlatform.Topology.Deployment;

namespace CartoPlatform.Topology.Tests.Deployment;

public sealed class DeployFilesTests
{
    public static TheoryData<string> Files => [.. DeployFiles.All.Keys];

    public static TheoryData<string> Deployed => ["standard", "tier1", "tier2", "tier3"];

    [Theory]
    [MemberData(nameof(Files))]
    public void File_is_what_follows_from_the_records(string path) =>
        Assert.True(DeployFiles.All[path] == File.ReadAllText(PathOf(path)), $"deploy/{path} differs from the records: ./carto deploy-files writes it anew.");

    [Theory]
    [MemberData(nameof(Deployed))]
    public void Every_topology_for_operators_has_its_files(string name)
    {
        Assert.Contains($"{name}/compose.yaml", DeployFiles.All.Keys);
        Assert.Contains($"helm/values-{name}.yaml", DeployFiles.All.Keys);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void No_secret_is_in_a_file_and_no_reference_is_left(string path)
    {
        Assert.DoesNotContain("Password=", DeployFiles.All[path], StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotMatch(@"(?<!\$)\{(url|internal|address|secret|connection|file|folder):[a-z]", DeployFiles.All[path]);
    }

    [Theory]
    [MemberData(nameof(Deployed))]
    public void Only_the_entry_publishes_a_port(string name)
    {
        var ports = DeployFiles.All[$"{name}/compose.yaml"].Split('\n').Count(line => line.Contains(" ports:", StringComparison.Ordinal));

        Assert.Equal(1, ports);
    }

    [Fact]
    public void Every_secret_of_the_files_is_made_by_the_script()
    {
        var script = File.ReadAllText(PathOf("make-secrets"));
        var secrets = DeployFiles.All.Values.SelectMany(text => text.Split('\n'))
            .Where(line => line.Contains("CARTO_SECRETS", StringComparison.Ordinal)).Select(line => line.Trim().Split(':')[0]).Distinct().ToList();

        Assert.NotEmpty(secrets);
        // It counts replicas.
        Assert.All(secrets, secret => Assert.Contains(Regex.Replace(secret, "-[0-9]+-", "-$number-"), script, StringComparison.Ordinal));
    }

    private static string PathOf(string path) => Path.Combine(Repository.Root, "deploy", path);
}
