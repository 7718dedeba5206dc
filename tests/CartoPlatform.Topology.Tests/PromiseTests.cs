namespace CartoPlatform.Topology.Tests;

/// <summary>What each topology promises to those who run it (docs/operations/topologies.md).</summary>
public sealed class PromiseTests
{
    public static TheoryData<string> Names => TopologiesTests.Names;

    public static TheoryData<string> Zoned => [Topologies.Tier2.Name, Topologies.Tier3.Name];

    /// <summary>They hold nothing that a second one would not hold too.</summary>
    private static readonly string[] Stateless =
    [
        ServiceNames.Edge, ServiceNames.Cache, ServiceNames.MapsApi, ServiceNames.SqlApi, ServiceNames.WorkspaceApi, ServiceNames.Worker,
    ];

    [Fact]
    public void There_are_the_four_and_that_of_developers() =>
        Assert.Equal(["services", "standard", "tier1", "tier2", "tier3"], Topologies.All.Select(topology => topology.Name).Order());

    [Theory]
    [MemberData(nameof(Zoned))]
    public void Only_the_web_layer_is_published(string name)
    {
        var topology = Topologies.Find(name)!;

        Assert.All(
            topology.Services.Where(service => service.Networks.Contains(NetworkNames.Public)),
            service => Assert.Equal(Layer.Web, service.Layer));
        Assert.All(topology.Stores, store => Assert.DoesNotContain(NetworkNames.Public, store.Networks));
        Assert.Equal(Layer.Web, topology[topology.Entry].Layer);
    }

    [Theory]
    [MemberData(nameof(Zoned))]
    public void Nothing_in_the_data_layer_is_reachable_from_the_web_layer(string name)
    {
        var topology = Topologies.Find(name)!;
        var web = topology.Services.Where(service => service.Layer == Layer.Web).SelectMany(service => service.Networks);
        var data = topology.Stores.Where(store => store.Layer == Layer.Data).SelectMany(store => store.Networks).ToList();

        Assert.NotEmpty(data);
        Assert.Empty(web.Intersect(data));
    }

    [Theory]
    [MemberData(nameof(Zoned))]
    public void Every_network_has_two_layers_at_most(string name)
    {
        var topology = Topologies.Find(name)!;
        var members = topology.Services.Select(service => (service.Layer, service.Networks))
            .Concat(topology.Stores.Select(store => (store.Layer, store.Networks)));

        Assert.Equal(
            [NetworkNames.AppData, NetworkNames.Public, NetworkNames.WebApp],
            members.SelectMany(member => member.Networks).Distinct().Order());
        Assert.All(members.SelectMany(member => member.Networks.Select(network => (network, member.Layer))).GroupBy(pair => pair.network),
            network => Assert.InRange(network.Select(pair => pair.Layer).Distinct().Count(), 1, 2));
    }

    [Theory]
    [MemberData(nameof(Zoned))]
    public void The_web_layer_knows_no_login_of_the_database(string name)
    {
        string[] logins = [Reference.MetadataConnection, Reference.ReaderConnection, Reference.WriterConnection];

        Assert.All(Topologies.Find(name)!.Services.Where(service => service.Layer == Layer.Web), service =>
            Assert.DoesNotContain(service.Environment.Values, value => logins.Any(login => value.Contains(login, StringComparison.Ordinal))));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Nobody_knows_the_password_of_Redis_but_those_that_share(string name)
    {
        var topology = Topologies.Find(name)!;
        string[] sharing = topology.Stores.Any(store => store.IsRedis) ? [ServiceNames.Cache, ServiceNames.Edge] : [];

        Assert.Equal(sharing, topology.Services
            .Where(service => service.Environment.Keys.Any(key => key.StartsWith("Redis__", StringComparison.Ordinal))).Select(service => service.Name).Order());
    }

    [Fact]
    public void Nothing_is_single_in_tier3_but_the_balancer_that_surroundings_bring_and_the_primaries()
    {
        string[] single = [ServiceNames.Balancer, StoreNames.PostGis, StoreNames.Redis, StoreNames.RedisStandby];

        Assert.All(Topologies.Tier3.Services, service => Assert.True(service.Replicas > 1 || single.Contains(service.Name), service.Name));
        Assert.All(Topologies.Tier3.Stores, store => Assert.True(store.Replicas > 1 || single.Contains(store.Name), store.Name));
        // Each primary has somebody who holds the same.
        Assert.NotNull(Topologies.Tier3.Store(StoreNames.PostGisReplica));
        Assert.NotNull(Topologies.Tier3.Store(StoreNames.RedisStandby));
        // A majority of the sentinels can miss one of them.
        Assert.InRange(Topologies.Tier3.Store(StoreNames.RedisSentinel)!.Replicas, 3, int.MaxValue);
    }

    [Fact]
    public void Every_stateless_service_is_a_pool_in_tier3_and_drains() => Assert.All(Stateless, name =>
    {
        var service = Topologies.Tier3[name];
        Assert.InRange(service.Replicas, 2, int.MaxValue);
        Assert.True(TimeSpan.Parse(service.Environment["Drain__Time"], System.Globalization.CultureInfo.InvariantCulture) >= TimeSpan.FromSeconds(2), name);
    });

    [Theory]
    [MemberData(nameof(Names))]
    public void Entry_has_one_instance(string name) =>
        Assert.Equal(1, Topologies.Find(name)![Topologies.Find(name)!.Entry].Replicas);

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_store_starts_after_what_it_follows(string name)
    {
        var topology = Topologies.Find(name)!;
        var started = new HashSet<string>();
        foreach (var group in topology.StartOrderOfStores())
        {
            Assert.All(group, store => Assert.Subset(started, store.DependsOn.ToHashSet()));
            started.UnionWith(group.Select(store => store.Name));
        }

        Assert.Equal(topology.Stores.Count, started.Count);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Everything_has_limits_that_fit(string name) => Assert.All(Topologies.Find(name)!.Services, service =>
    {
        Assert.InRange(service.Resources.MemoryMegabytes, 128, 8192);
        Assert.InRange(service.Resources.Cpus, 0.1, 8);
    });
}
