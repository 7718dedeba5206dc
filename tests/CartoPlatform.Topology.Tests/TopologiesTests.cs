namespace CartoPlatform.Topology.Tests;

public sealed class TopologiesTests
{
    public static TheoryData<string> Names => [.. Topologies.All.Select(topology => topology.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_service_starts_after_what_it_depends_on(string name)
    {
        var topology = Topologies.Find(name)!;
        var started = new List<string>();
        foreach (var group in topology.StartOrder())
        {
            Assert.All(group, service => Assert.Subset(started.ToHashSet(), service.DependsOn.ToHashSet()));
            started.AddRange(group.Select(service => service.Name));
        }

        Assert.Equal(topology.Services.Select(service => service.Name).Order(), started.Order());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_url_in_a_setting_is_of_a_service_on_a_common_network(string name)
    {
        var topology = Topologies.Find(name)!;
        foreach (var service in topology.Services)
        {
            foreach (var value in service.Environment.Values)
            {
                Reference.Resolve(value, reference =>
                {
                    if (reference.Split(':') is ["url" or "internal", var other])
                        Assert.NotEmpty(topology[other].Networks.Intersect(service.Networks));
                    return "";
                });
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_project_exists(string name)
    {
        Assert.All(Topologies.Find(name)!.Services, service => Assert.True(
            File.Exists(Path.Combine(Repository.Root, "src", service.Project, service.Project + ".csproj")),
            service.Project));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Names_are_unique(string name) =>
        Assert.Distinct(Topologies.Find(name)!.Services.Select(service => service.Name));

    [Fact]
    public void Logins_to_data_go_to_the_workspace_alone() =>
        Assert.Equal([ServiceNames.WorkspaceApi], ServicesWith(Reference.ReaderConnection, Reference.WriterConnection));

    [Fact]
    public void Login_to_the_metadata_goes_to_those_who_keep_something_there() =>
        Assert.Equal([ServiceNames.SqlApi, ServiceNames.Worker, ServiceNames.WorkspaceApi], ServicesWith(Reference.MetadataConnection));

    [Fact]
    public void Circle_of_dependencies_is_an_error()
    {
        static ServiceSpec Service(string name, string dependsOn) => new()
        {
            Name = name,
            Project = name,
            Layer = Layer.App,
            Networks = [],
            Environment = new Dictionary<string, string>(),
            DependsOn = [dependsOn],
        };

        var topology = new TopologySpec("round", "a", [Service("a", "b"), Service("b", "a")]);

        Assert.Throws<InvalidOperationException>(() => topology.StartOrder().ToList());
    }

    [Fact]
    public void Unknown_name_is_no_topology() => Assert.Null(Topologies.Find("tier9"));

    private static IEnumerable<string> ServicesWith(params string[] references) => Topologies.Services.Services
        .Where(service => service.Environment.Values.Any(value => references.Any(reference => value.Contains(Reference.To(reference), StringComparison.Ordinal))))
        .Select(service => service.Name)
        .Order(StringComparer.Ordinal);
}
