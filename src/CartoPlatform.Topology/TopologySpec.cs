namespace CartoPlatform.Topology;

/// <summary>A way to spread the platform over processes.</summary>
/// <param name="Name">As in <c>./carto up --topology</c>.</param>
/// <param name="Entry">The service that callers reach; the only one with a port of the operator's choice.</param>
/// <param name="Services">In any order; <see cref="ServiceSpec.DependsOn"/> gives the order of starting.</param>
public sealed record TopologySpec(string Name, string Entry, IReadOnlyList<ServiceSpec> Services)
{
    public ServiceSpec this[string name] => Services.First(service => service.Name == name);

    /// <summary>Groups of services in the order of starting: each depends on earlier groups alone.</summary>
    public IEnumerable<IReadOnlyList<ServiceSpec>> StartOrder()
    {
        var started = new HashSet<string>(StringComparer.Ordinal);
        while (started.Count < Services.Count)
        {
            var next = Services.Where(service => !started.Contains(service.Name) && service.DependsOn.All(started.Contains)).ToArray();
            if (next.Length == 0)
                throw new InvalidOperationException($"The services of topology {Name} depend on each other in a circle, or on one that is not in it.");

            started.UnionWith(next.Select(service => service.Name));
            yield return next;
        }
    }
}
