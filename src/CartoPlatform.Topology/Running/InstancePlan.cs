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

    public static IReadOnlyList<ServiceInstance> For(TopologySpec topology, RunSettings settings)
    {
        var places = Places(topology, settings);
        return [.. places.Select(place => Instance(place, places, settings))];
    }

    private static List<Place> Places(TopologySpec topology, RunSettings settings)
    {
        var taken = new HashSet<int> { settings.Port };
        int Next()
        {
            int port;
            do port = settings.FindPort();
            while (!taken.Add(port));
            return port;
        }

        var places = new List<Place>();
        foreach (var spec in topology.Services)
        {
            for (var replica = 1; replica <= spec.Replicas; replica++)
            {
                var isEntry = spec.Name == topology.Entry && replica == 1;
                var name = spec.Replicas == 1 ? spec.Name : string.Create(CultureInfo.InvariantCulture, $"{spec.Name}-{replica}");
                places.Add(new Place(spec, name, isEntry ? settings.Bind : IPAddress.Loopback, isEntry ? settings.Port : Next(), Next()));
            }
        }

        return places;
    }

    private static ServiceInstance Instance(Place place, List<Place> places, RunSettings settings)
    {
        string? LookUp(string reference) => reference.Split(':') switch
        {
            ["url", var service] => places.First(other => other.Spec.Name == service).Url.ToString().TrimEnd('/'),
            ["internal", var service] => places.First(other => other.Spec.Name == service).InternalUrl.ToString().TrimEnd('/'),
            _ => settings.Values.GetValueOrDefault(reference),
        };

        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ASPNETCORE_URLS"] = $"http://{Literal(place.Bind)}:{place.Port}",
            ["Internal__Port"] = place.InternalPort.ToString(CultureInfo.InvariantCulture),
        };
        foreach (var (name, template) in place.Spec.Environment)
        {
            if (Reference.Resolve(template, LookUp) is { } value)
                environment[name] = value;
        }

        return new ServiceInstance(
            place.Name,
            place.Spec,
            place.Url,
            place.InternalUrl,
            Path.Combine(settings.BinaryFolder(place.Spec.Project), place.Spec.Project + ".dll"),
            Path.Combine(settings.LogFolder, place.Name + ".log"),
            environment);
    }

    /// <summary>A service that listens on every address is asked on loopback.</summary>
    private static string Reachable(IPAddress bind) =>
        bind.Equals(IPAddress.Any) ? "127.0.0.1" : bind.Equals(IPAddress.IPv6Any) ? "[::1]" : Literal(bind);

    private static string Literal(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
}
