namespace CartoPlatform.Topology;

/// <summary>A way to spread the platform over processes.</summary>
/// <param name="Name">As in <c>./carto up --topology</c>.</param>
/// <param name="Entry">The service that callers reach; the only one with a port of the operator's choice.</param>
/// <param name="Services">In any order; <see cref="ServiceSpec.DependsOn"/> gives the order of starting.</param>
public sealed record TopologySpec(string Name, string Entry, IReadOnlyList<ServiceSpec> Services)
{
    /// <summary>What the services keep things in. They are up before the first service.</summary>
    public IReadOnlyList<StoreSpec> Stores { get; init; } = [];

    /// <summary>Whether the database is of another machine; where everything runs on one, its network alone is apart.</summary>
    public bool IsDatabaseApart { get; init; }

    public ServiceSpec this[string name] => Services.First(service => service.Name == name);

    public StoreSpec? Store(string name) => Stores.FirstOrDefault(store => store.Name == name);

    /// <summary>Groups of services in the order of starting: each depends on earlier groups alone.</summary>
    public IEnumerable<IReadOnlyList<ServiceSpec>> StartOrder() => Order(Services, service => service.Name, service => service.DependsOn);

    /// <summary>As <see cref="StartOrder"/>, of the stores, which come before all services.</summary>
    public IEnumerable<IReadOnlyList<StoreSpec>> StartOrderOfStores() => Order(Stores, store => store.Name, store => store.DependsOn);

    private IEnumerable<IReadOnlyList<T>> Order<T>(IReadOnlyList<T> all, Func<T, string> nameOf, Func<T, IReadOnlyList<string>> dependsOn)
    {
        var started = new HashSet<string>(StringComparer.Ordinal);
        while (started.Count < all.Count)
        {
            var next = all.Where(one => !started.Contains(nameOf(one)) && dependsOn(one).All(started.Contains)).ToArray();
            if (next.Length == 0)
                throw new InvalidOperationException($"The parts of topology {Name} depend on each other in a circle, or on one that is not in it.");

            started.UnionWith(next.Select(nameOf));
            yield return next;
        }
    }
}
