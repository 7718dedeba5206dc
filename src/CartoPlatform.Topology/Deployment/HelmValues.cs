using System.Globalization;

namespace CartoPlatform.Topology.Deployment;

/// <summary>A topology as values of the Helm chart in <c>deploy/helm</c>.</summary>
public static class HelmValues
{
    public static string Of(TopologySpec topology)
    {
        var yaml = new YamlText();
        yaml.Comment("Written by \"./carto deploy-files\" from the records in src/CartoPlatform.Topology: what changes, changes there.")
            .Value("topology", topology.Name)
            .Map("services", () =>
            {
                foreach (var service in Services(topology)) WriteService(topology, service);
            });
        var stores = Stores(topology).ToList();
        if (stores.Count == 0) return yaml.Value("stores", "{}").ToString();
        return yaml.Map("stores", () =>
        {
            foreach (var store in stores) WriteStore(store);
        }).ToString();

        void WriteService(TopologySpec of, ServiceSpec service) => yaml.Map(service.Name, () =>
        {
            var settings = ContainerSettings.Of(of, service, Hosts, StoreHost);
            if (service.Name == EntryOf(of)) yaml.Value("entry", "true");
            if (HasIdentity(service)) yaml.Value("identity", "true");
            if (service.Environment.ContainsKey("Bootstrap__Connections__0__Name")) yaml.Value("migrates", "true");
            yaml.Value("replicas", service.Replicas.ToString(CultureInfo.InvariantCulture)).Value("layer", Lower(service.Layer)).List("networks", service.Networks);
            WriteResources(service.Resources);
            yaml.Map("environment", () =>
            {
                foreach (var (name, value) in settings.Plain) yaml.Text(name, value);
            });
            yaml.Map("secrets", () =>
            {
                foreach (var (name, secret) in settings.Secrets) yaml.Value(name, secret);
            });
        });

        void WriteStore(StoreSpec store) => yaml.Map(store.Name, () =>
        {
            yaml.Value("kind", store.Kind switch
            {
                StoreKind.Redis => "redis-primary",
                StoreKind.RedisStandby => "redis-standby",
                StoreKind.RedisSentinel => "redis-sentinel",
                _ => "postgis",
            });
            if (store.Kind is StoreKind.RedisStandby or StoreKind.RedisSentinel) yaml.Value("primary", StoreNames.Redis);
            yaml.Value("replicas", store.Replicas.ToString(CultureInfo.InvariantCulture)).Value("port", store.Port.ToString(CultureInfo.InvariantCulture));
            yaml.Value("layer", Lower(store.Layer)).List("networks", store.Networks).List("secrets", ComposeStore.Secrets(store));
            if (store.IsRedis) yaml.Value("maxMemory", string.Create(CultureInfo.InvariantCulture, $"{store.Resources.MemoryMegabytes * 3 / 4}mb"));
            WriteResources(store.Resources);
        });

        void WriteResources(ResourceSpec resources) => yaml.Line(string.Create(
            CultureInfo.InvariantCulture, $"resources: {{cpu: {resources.Cpus * 1000:F0}m, memory: {resources.MemoryMegabytes}Mi}}"));
    }

    /// <summary>Kubernetes is the balancer.</summary>
    private static IEnumerable<ServiceSpec> Services(TopologySpec topology) => topology.Services.Where(service => service.Name != ServiceNames.Balancer);

    private static string EntryOf(TopologySpec topology) => topology.Entry == ServiceNames.Balancer ? ServiceNames.Edge : topology.Entry;

    /// <summary>A database of the cluster's own is for the smallest form; where it is apart, it is outside.</summary>
    private static IEnumerable<StoreSpec> Stores(TopologySpec topology) => topology.Stores.Where(store => store.IsRedis || !topology.IsDatabaseApart);

    /// <summary>Each cache owns a part of the keys: its instances are told apart. All others are asked by the name of their Service.</summary>
    private static bool HasIdentity(ServiceSpec service) => service.Name == ServiceNames.Cache && service.Replicas > 1;

    private static IEnumerable<string> Hosts(ServiceSpec service) => HasIdentity(service)
        ? Enumerable.Range(0, service.Replicas).Select(number => string.Create(CultureInfo.InvariantCulture, $"{service.Name}-{number}.{service.Name}"))
        : [service.Name];

    /// <summary><c>redis-sentinel-1</c> of the records is the first instance of a StatefulSet.</summary>
    private static string StoreHost(string instance) => instance.LastIndexOf('-') is var at && at > 0 && int.TryParse(instance[(at + 1)..], CultureInfo.InvariantCulture, out var number)
        ? string.Create(CultureInfo.InvariantCulture, $"{instance[..at]}-{number - 1}.{instance[..at]}")
        : instance;

    private static string Lower(Layer layer) => layer.ToString().ToLowerInvariant();
}
