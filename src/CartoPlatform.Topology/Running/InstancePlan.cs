using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace CartoPlatform.Topology.Running;

/// <summary>Gives every instance of a topology its ports, and fills its settings in.</summary>
internal static class InstancePlan
{
    private sealed record Place(ServiceSpec Spec, string Name, IPAddress Bind, int Port, int InternalPort)
    {
        public Uri Url { get; } = new($"http://{Reachable(Bind)}:{Port}");

        public Uri InternalUrl { get; } = new($"http://127.0.0.1:{InternalPort}");
    }

    /// <summary>Stores first, then services.</summary>
    public static IReadOnlyList<ServiceInstance> For(TopologySpec topology, RunSettings settings)
    {
        var taken = new HashSet<int> { settings.Port };
        int Next()
        {
            int port;
            do port = settings.FindPort();
            while (!taken.Add(port));
            return port;
        }

        var stores = settings.HasRedisOutside ? [] : RedisPlan.For(topology, settings, Next);
        var places = Places(topology, settings, Next);
        return [.. stores, .. places.Select(place => Instance(topology, place, places, stores, settings))];
    }

    private static List<Place> Places(TopologySpec topology, RunSettings settings, Func<int> next)
    {
        var places = new List<Place>();
        foreach (var spec in topology.Services)
        {
            for (var replica = 1; replica <= spec.Replicas; replica++)
            {
                var isEntry = spec.Name == topology.Entry && replica == 1;
                var name = spec.Replicas == 1 ? spec.Name : string.Create(CultureInfo.InvariantCulture, $"{spec.Name}-{replica}");
                places.Add(new Place(spec, name, isEntry ? settings.Bind : IPAddress.Loopback, isEntry ? settings.Port : next(), next()));
            }
        }

        return places;
    }

    private static ServiceInstance Instance(TopologySpec topology, Place place, List<Place> places, IReadOnlyList<ServiceInstance> stores, RunSettings settings)
    {
        string? LookUp(string reference) => reference.Split(':') switch
        {
            ["url", var service] => Together(places.Where(other => other.Spec.Name == service).Select(other => other.Url)),
            ["internal", var service] => Together(places.Where(other => other.Spec.Name == service).Select(other => other.InternalUrl)),
            ["address", var store] => stores.FirstOrDefault(other => other.Name == store)?.Url.Authority,
            _ => settings.Values.GetValueOrDefault(reference),
        };

        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ASPNETCORE_URLS"] = $"http://{Literal(place.Bind)}:{place.Port}",
            ["Internal__Port"] = place.InternalPort.ToString(CultureInfo.InvariantCulture),
        };
        // Behind the entry, whoever calls is a process of ours, and says for whom.
        if (place.Spec.Name != topology.Entry) (environment["Proxies__Trusted__0"], environment["Proxies__Trusted__1"]) = ("127.0.0.0/8", "::1/128");
        foreach (var (name, template) in place.Spec.Environment)
        {
            if (settings.HasRedisOutside && name.StartsWith(RedisPlan.Section, StringComparison.Ordinal))
                continue;

            if (Reference.Resolve(template, LookUp) is { } value)
                environment[name] = value;
        }

        return new ServiceInstance(
            place.Name,
            place.Spec.Name,
            place.Url,
            place.InternalUrl,
            ProgramFile.Assembly(Path.Combine(settings.BinaryFolder(place.Spec.Project), place.Spec.Project + ".dll")),
            place.Spec.Health,
            Path.Combine(settings.LogFolder, place.Name + ".log"),
            environment);
    }

    private static string Together(IEnumerable<Uri> urls) => string.Join(';', urls.Select(url => url.GetLeftPart(UriPartial.Authority)));

    /// <summary>A service that listens on every address is asked on loopback.</summary>
    private static string Reachable(IPAddress bind) =>
        bind.Equals(IPAddress.Any) ? "127.0.0.1" : bind.Equals(IPAddress.IPv6Any) ? "[::1]" : Literal(bind);

    private static string Literal(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
}
