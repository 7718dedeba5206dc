using System.Net;
using CartoPlatform.Topology.Running;

namespace CartoPlatform.Topology.Tests.Running;

public sealed class InstancePlanTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("carto-plan-").FullName;

    private static readonly IReadOnlyDictionary<string, string> AllValues = new Dictionary<string, string>
    {
        [Reference.InternalKey] = "key",
        [Reference.SigningKey] = "signing",
        [Reference.MetadataConnection] = "Host=metadata",
        [Reference.ReaderConnection] = "Host=reader",
        [Reference.WriterConnection] = "Host=writer",
        [Reference.OwnerTokenFile] = "/token",
        [Reference.RedisPassword] = "redis",
        [Reference.ReplicaConnection(1)] = "Host=replica-1",
        [Reference.ReplicaConnection(2)] = "Host=replica-2",
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Every_port_is_given_once_even_when_the_search_repeats_itself()
    {
        var ports = new Queue<int>([8080, 20_001, 20_001, .. Enumerable.Range(20_002, 20)]);

        var plan = InstancePlan.For(Topologies.Services, Settings(IPAddress.Loopback) with { FindPort = ports.Dequeue });

        Assert.Distinct(plan.SelectMany(instance => new[] { instance.Url.Port, instance.InternalUrl.Port }));
        Assert.Equal(8080, plan.Single(instance => instance.Name == ServiceNames.Edge).Url.Port);
    }

    [Fact]
    public void Settings_name_the_addresses_that_were_chosen()
    {
        var plan = InstancePlan.For(Topologies.Services, Settings(IPAddress.Loopback)).ToDictionary(instance => instance.Name);

        Assert.Equal(Text(plan["maps-api"].Url), plan["cache"].Environment["Cache__MapsApi"]);
        Assert.Equal(Text(plan["cache"].Url), plan["edge"].Environment["Edge__Cache"]);
        Assert.Equal(Text(plan["workspace-api"].InternalUrl), plan["sql-api"].Environment["Workspace__Url"]);
        Assert.Equal("Host=reader", plan["workspace-api"].Environment["Bootstrap__Connections__0__ReaderConnectionString"]);
        Assert.Equal("key", plan["worker"].Environment["Platform__InternalKey"]);
        Assert.DoesNotContain("Edge__Pages__Folder", plan["edge"].Environment.Keys);
    }

    [Theory]
    [InlineData("0.0.0.0", "http://0.0.0.0:8080", "http://127.0.0.1:8080/")]
    [InlineData("::", "http://[::]:8080", "http://[::1]:8080/")]
    [InlineData("192.0.2.7", "http://192.0.2.7:8080", "http://192.0.2.7:8080/")]
    public void Entry_listens_where_it_is_told_and_is_asked_where_it_can_be(string bind, string listens, string asked)
    {
        var instance = Assert.Single(InstancePlan.For(Topologies.Standard, Settings(IPAddress.Parse(bind))));

        Assert.Equal(listens, instance.Environment["ASPNETCORE_URLS"]);
        Assert.Equal(asked, instance.Url.ToString());
    }

    [Fact]
    public void Services_behind_the_entry_stay_on_loopback()
    {
        var plan = InstancePlan.For(Topologies.Services, Settings(IPAddress.Any));

        Assert.All(plan.Where(instance => instance.Name != ServiceNames.Edge), instance => Assert.StartsWith("http://127.0.0.1:", instance.Environment["ASPNETCORE_URLS"], StringComparison.Ordinal));
    }

    [Fact]
    public void Replicas_have_numbers_and_ports_of_their_own()
    {
        var topology = Topologies.Standard with { Services = [Topologies.Standard.Services[0] with { Replicas = 2 }] };

        var plan = InstancePlan.For(topology, Settings(IPAddress.Loopback));

        Assert.Equal(["standalone-1", "standalone-2"], plan.Select(instance => instance.Name));
        Assert.Equal(8080, plan[0].Url.Port);
        Assert.NotEqual(8080, plan[1].Url.Port);
    }

    [Fact]
    public void Settings_name_every_replica_of_a_pool()
    {
        var plan = InstancePlan.For(Topologies.Tier3, Settings(IPAddress.Any));

        var edge = plan.First(instance => instance.Name == "edge-2");
        Assert.Equal(Together(plan, ServiceNames.MapsApi, instance => instance.Url), edge.Environment["Edge__MapsApi"]);
        Assert.Equal(Together(plan, ServiceNames.WorkspaceApi, instance => instance.InternalUrl), edge.Environment["Workspace__Url"]);
        Assert.Equal(Together(plan, ServiceNames.Edge, instance => instance.Url), plan.Single(instance => instance.Name == "balancer").Environment["Balancer__Edge"]);
        Assert.Equal("http://127.0.0.1:8080/", plan.Single(instance => instance.Name == "balancer").Url.ToString());
        Assert.DoesNotContain("8080", edge.Environment["ASPNETCORE_URLS"], StringComparison.Ordinal);
    }

    [Fact]
    public void Redis_servers_come_first_and_know_their_primary()
    {
        var plan = InstancePlan.For(Topologies.Tier3, Settings(IPAddress.Loopback));

        Assert.Equal(["redis", "redis-standby", "redis-sentinel-1", "redis-sentinel-2", "redis-sentinel-3"], plan.Where(instance => !instance.IsService).Select(instance => instance.Name));
        Assert.Equal(plan.Count(instance => !instance.IsService), plan.TakeWhile(instance => !instance.IsService).Count());
        var port = plan[0].Url.Port;
        Assert.Contains($"replicaof 127.0.0.1 {port}\n", ConfigurationOf(plan[1]), StringComparison.Ordinal);
        Assert.All(plan.Skip(2).Take(3), sentinel => Assert.Contains($"sentinel monitor carto 127.0.0.1 {port} 2\n", ConfigurationOf(sentinel), StringComparison.Ordinal));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(plan[0].Program.Command[1]));
        Assert.DoesNotContain(plan, instance => instance.Program.Command.Any(argument => argument == "redis"));
    }

    private static string ConfigurationOf(ServiceInstance instance) => File.ReadAllText(instance.Program.Command[1]);

    private static string Together(IReadOnlyList<ServiceInstance> plan, string service, Func<ServiceInstance, Uri> which) =>
        string.Join(';', plan.Where(instance => instance.Of == service).Select(instance => Text(which(instance))));

    private RunSettings Settings(IPAddress bind)
    {
        var next = 20_000;
        return new RunSettings
        {
            Bind = bind,
            Port = 8080,
            BinaryFolder = project => $"/bin/{project}",
            LogFolder = "/logs",
            StateFolder = _folder,
            Topology = "of the tests",
            FindPort = () => next++,
            Values = AllValues,
        };
    }

    private static string Text(Uri address) => address.GetLeftPart(UriPartial.Authority);
}
