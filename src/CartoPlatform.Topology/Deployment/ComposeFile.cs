using System.Globalization;

namespace CartoPlatform.Topology.Deployment;

/// <summary>A topology as a file for Docker Compose: version 2, and docker-compose 1.29.</summary>
public static class ComposeFile
{
    private const int PublicPort = 8443;

    // Longer than the services give their requests, so that the engine kills nobody who still answers one.
    private const string StopLimit = "80s";

    /// <summary>The files of a topology by their names.</summary>
    public static IReadOnlyDictionary<string, string> Of(TopologySpec topology)
    {
        // One service and its database: each has a machine, and each machine a file.
        var isSplit = topology.IsDatabaseApart && topology.Services.Count == 1;
        var files = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["compose.yaml"] = Write(topology, topology.Services, isSplit ? [] : topology.Stores),
        };
        if (isSplit) files["compose.database.yaml"] = Write(topology, [], topology.Stores);
        return files;
    }

    private static string Write(TopologySpec topology, IReadOnlyList<ServiceSpec> services, IReadOnlyList<StoreSpec> stores)
    {
        var yaml = new YamlText()
            .Comment($"Written by \"./carto deploy-files\" from the records in src/CartoPlatform.Topology: what changes, changes there.")
            .Comment("How to use it: docs/operations/containers.md.")
            .Line();
        WriteCommon(yaml);
        yaml.Line().Map("services", () =>
        {
            foreach (var store in stores) ComposeStore.Write(yaml, store, isPublished: services.Count == 0);
            foreach (var service in services) WriteService(yaml, topology, service, stores);
        });
        WriteNetworks(yaml, services.SelectMany(service => service.Networks).Concat(stores.SelectMany(store => store.Networks)));
        WriteVolumes(yaml, topology, services, stores);
        WriteSecrets(yaml, topology, services, stores);
        return yaml.ToString();
    }

    private static void WriteCommon(YamlText yaml) => yaml
        .Line("x-common: &common")
        .Line("  restart: unless-stopped")
        .Line("  read_only: true")
        .Line("  tmpfs: [/tmp]")
        .Line("  cap_drop: [ALL]")
        .Line("  security_opt: [\"no-new-privileges:true\"]")
        .Line("  logging: {driver: json-file, options: {max-size: 10m, max-file: \"3\"}}");

    private static void WriteService(YamlText yaml, TopologySpec topology, ServiceSpec service, IReadOnlyList<StoreSpec> stores)
    {
        var settings = ContainerSettings.Of(topology, service, Hosts);
        var isEntry = service.Name == topology.Entry;
        foreach (var host in Hosts(service))
        {
            yaml.Map(host, () =>
            {
                yaml.Value("<<", "*common").Value("image", $"${{CARTO_IMAGES:-cartoplatform/}}{service.Name}:${{CARTO_TAG:-local}}");
                yaml.List("networks", service.Networks);
                WriteLimits(yaml, service.Resources);
                yaml.Value("stop_grace_period", StopLimit);
                if (isEntry) yaml.Line($"ports: [\"${{CARTO_BIND:-0.0.0.0}}:${{CARTO_PORT:-{PublicPort}}}:{PublicPort}\"]").Line("volumes: [\"${CARTO_TLS:-tls}:/data/tls\"]");
                yaml.Map("environment", () => WriteEnvironment(yaml, settings, isEntry));
                WriteSecretUses(yaml, settings);
                WriteDependencies(yaml, topology, service, stores);
            });
        }
    }

    internal static void WriteLimits(YamlText yaml, ResourceSpec resources) => yaml
        .Value("mem_limit", string.Create(CultureInfo.InvariantCulture, $"{resources.MemoryMegabytes}m"))
        .Value("cpus", resources.Cpus.ToString(CultureInfo.InvariantCulture));

    private static void WriteEnvironment(YamlText yaml, ContainerSettings settings, bool isEntry)
    {
        yaml.Text("Drain__Limit", "00:01:05");
        foreach (var (name, value) in settings.Plain) yaml.Text(name, value);
        if (isEntry)
        {
            yaml.Text("ASPNETCORE_URLS", string.Create(CultureInfo.InvariantCulture, $"https://0.0.0.0:{PublicPort}"));
            yaml.Text("Tls__CertificateFile", "/data/tls/tls.crt").Text("Tls__KeyFile", "/data/tls/tls.key");
            yaml.Value("Tls__MakeOwn", "\"${CARTO_TLS_MAKE_OWN:-true}\"").Value("Tls__Names__0", "\"${CARTO_HOST:-localhost}\"");
        }
        else
        {
            // Who can reach a service at all is a proxy of ours: the networks see to it.
            foreach (var (network, index) in PrivateNetworks.Select((network, index) => (network, index)))
                yaml.Text(string.Create(CultureInfo.InvariantCulture, $"Proxies__Trusted__{index}"), network);
        }
    }

    private static readonly string[] PrivateNetworks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

    private static void WriteSecretUses(YamlText yaml, ContainerSettings settings)
    {
        if (settings.Secrets.Count == 0) return;
        yaml.Map("secrets", () =>
        {
            foreach (var (setting, secret) in settings.Secrets) yaml.Line($"- {{source: {secret}, target: {setting}}}");
        });
    }

    private static void WriteDependencies(YamlText yaml, TopologySpec topology, ServiceSpec service, IReadOnlyList<StoreSpec> stores)
    {
        var needed = service.DependsOn.SelectMany(name => Hosts(topology[name])).ToList();
        var hasLogin = service.Environment.Values.Any(value => value == Reference.To(Reference.MetadataConnection));
        if (hasLogin && stores.Any(store => store.Kind == StoreKind.PostGis)) needed.Insert(0, StoreNames.PostGis);
        if (needed.Count == 0) return;
        yaml.Map("depends_on", () =>
        {
            foreach (var name in needed) yaml.Line($"{name}: {{condition: service_healthy}}");
        });
    }

    private static void WriteNetworks(YamlText yaml, IEnumerable<string> networks) => yaml.Line().Map("networks", () =>
    {
        // An internal network has no way out of it, and none in.
        foreach (var network in networks.Distinct().Order(StringComparer.Ordinal))
            yaml.Line(network == NetworkNames.Public ? $"{network}: {{}}" : $"{network}: {{internal: true}}");
    });

    private static void WriteVolumes(YamlText yaml, TopologySpec topology, IReadOnlyList<ServiceSpec> services, IReadOnlyList<StoreSpec> stores)
    {
        var volumes = stores.SelectMany(ComposeStore.Volumes).ToList();
        if (services.Any(service => service.Name == topology.Entry)) volumes.Add("tls");
        yaml.Line().Map("volumes", () =>
        {
            foreach (var volume in volumes) yaml.Line($"{volume}: {{}}");
        });
    }

    private static void WriteSecrets(YamlText yaml, TopologySpec topology, IReadOnlyList<ServiceSpec> services, IReadOnlyList<StoreSpec> stores)
    {
        var secrets = services.SelectMany(service => ContainerSettings.Of(topology, service, Hosts).Secrets.Values)
            .Concat(stores.SelectMany(ComposeStore.Secrets)).Distinct().Order(StringComparer.Ordinal);
        yaml.Line().Map("secrets", () =>
        {
            foreach (var secret in secrets) yaml.Line($"{secret}: {{file: \"${{CARTO_SECRETS:-./secrets}}/{secret}\"}}");
        });
    }

    internal static IEnumerable<string> Hosts(ServiceSpec service) => Hosts(service.Name, service.Replicas);

    internal static IEnumerable<string> Hosts(string name, int replicas) => replicas == 1
        ? [name]
        : Enumerable.Range(1, replicas).Select(number => string.Create(CultureInfo.InvariantCulture, $"{name}-{number}"));
}
