using System.Globalization;
using System.Text.Json;

namespace CartoPlatform.Topology.Tests.Deployment;

public sealed class ChartTests
{
    private static readonly string[] Everything =
        ["ingress.enabled=true", "gateway.enabled=true", "gateway.parent={name: public}", "autoscaling.enabled=true", "proxy.url=http://proxy:3128", "otlpEndpoint=http://collector:4317"];

    public static TheoryData<string> Deployed => DeployFilesTests.Deployed;

    [ChartTheory, MemberData(nameof(Deployed))]
    public void Every_document_says_what_and_whose_it_is(string name)
    {
        foreach (var document in Chart.Render(name, Everything))
        {
            Assert.NotEmpty(document.GetProperty("apiVersion").GetString()!);
            Assert.Equal("cartoplatform", document.At("metadata", "labels").GetProperty("app.kubernetes.io/part-of").GetString());
            Assert.Equal(Chart.Release, document.At("metadata", "labels").GetProperty("app.kubernetes.io/instance").GetString());
        }
    }

    /// <summary>Field names, types and required fields of every kind, by the schemas that the API server has.</summary>
    [ChartTheory, MemberData(nameof(Deployed))]
    public void Every_document_fits_the_schema_of_its_kind(string name)
    {
        Assert.Equal("", Chart.Faults(Chart.Render(name)));
        Assert.Equal("", Chart.Faults(Chart.Render(name, Everything)));
    }

    [ChartTheory, InlineData("tier3")]
    public void Schemas_find_a_field_that_does_not_exist_and_one_of_another_type(string name)
    {
        var text = JsonSerializer.Serialize(Chart.Render(name).OfKind("Deployment"));

        Assert.NotEqual("", Faults(text.Replace("\"replicas\":2", "\"replicas\":\"two\"", StringComparison.Ordinal)));
        Assert.NotEqual("", Faults(text.Replace("\"containers\":", "\"containerz\":", StringComparison.Ordinal)));

        static string Faults(string documents) => Chart.Faults(JsonSerializer.Deserialize<List<JsonElement>>(documents)!); // It was an array.
    }

    [ChartTheory, MemberData(nameof(Deployed))]
    public void Documents_of_a_kind_have_names_of_their_own(string name) =>
        Assert.Distinct(Chart.Render(name, Everything).Select(document => (document.GetProperty("kind").GetString(), document.NameOf())));

    [ChartTheory, MemberData(nameof(Deployed))]
    public void Workloads_are_the_services_of_the_records(string name)
    {
        var topology = Topologies.Find(name)!;
        var workloads = Chart.Render(name).Workloads().Where(workload => IsService(topology, workload)).ToDictionary(workload => workload.NameOf());

        Assert.Equal(topology.Services.Select(service => service.Name).Where(service => service != ServiceNames.Balancer).Order(), workloads.Keys.Order());
        foreach (var service in topology.Services.Where(service => service.Name != ServiceNames.Balancer))
        {
            var workload = workloads[service.Name];
            Assert.Equal(service.Replicas, workload.At("spec", "replicas").GetInt32());
            var container = workload.Container();
            Assert.Equal($"{service.Resources.MemoryMegabytes}Mi", container.At("resources", "limits", "memory").GetString());
            var given = container.GetProperty("env").EnumerateArray().Select(variable => variable.GetProperty("name").GetString()!)
                .Concat(Secrets(workload)).ToList();
            Assert.Distinct(given);
            var wanted = service.Environment.Keys.Where(key => key is not ("Bootstrap__OwnerTokenFile" or "Edge__Pages__Folder" or "Pools__SocketFolder")
                && !key.StartsWith("DOTNET_", StringComparison.Ordinal) && !key.StartsWith("ASPNETCORE_", StringComparison.Ordinal));
            Assert.Subset(given.ToHashSet(), wanted.ToHashSet());
        }
    }

    [ChartTheory, InlineData("standard")]
    public void Database_is_given_every_script_and_what_the_scripts_include(string name)
    {
        var documents = Chart.Render(name);
        var database = documents.OfKind("StatefulSet").Single(workload => workload.NameOf() == StoreNames.PostGis);
        var volume = database.PodOf().At("spec", "volumes").EnumerateArray().Single(volume => volume.GetProperty("name").GetString() == "scripts").GetProperty("configMap");
        var texts = documents.OfKind("ConfigMap").Single(map => map.NameOf() == volume.GetProperty("name").GetString()).GetProperty("data");
        var given = volume.GetProperty("items").EnumerateArray().ToDictionary(
            item => item.GetProperty("path").GetString()!, item => texts.GetProperty(item.GetProperty("key").GetString()!).GetString()!);

        foreach (var script in Directory.GetFiles(Path.Combine(Repository.Root, "deploy", "postgis", "init"))) Assert.Contains(Path.GetFileName(script), given.Keys);
        foreach (var (path, text) in given)
        {
            var folder = Path.GetDirectoryName(path)!;
            foreach (var line in text.Split('\n').Where(line => line.StartsWith("\\ir ", StringComparison.Ordinal)))
                Assert.Contains(Path.Combine(folder, line["\\ir ".Length..].Trim()), given.Keys);
        }
    }

    [ChartTheory, MemberData(nameof(Deployed))]
    public void Selectors_find_their_own_pods_and_nobody_elses(string name)
    {
        var documents = Chart.Render(name);
        var pods = documents.Workloads().ToDictionary(workload => workload.NameOf(), workload => Labels(workload.PodOf().At("metadata", "labels")));
        foreach (var service in documents.OfKind("Service"))
            Assert.Equal([service.NameOf()], pods.Where(pod => Matches(service.At("spec", "selector"), pod.Value)).Select(pod => pod.Key));
        foreach (var workload in documents.Workloads())
            Assert.Equal([workload.NameOf()], pods.Where(pod => Matches(workload.At("spec", "selector", "matchLabels"), pod.Value)).Select(pod => pod.Key));
        foreach (var budget in documents.OfKind("PodDisruptionBudget"))
            Assert.Equal([budget.NameOf()], pods.Where(pod => Matches(budget.At("spec", "selector", "matchLabels"), pod.Value)).Select(pod => pod.Key));
    }

    /// <summary>By the rules of Kubernetes: what a policy selects is closed but for what some policy lets through.</summary>
    [ChartTheory, MemberData(nameof(Deployed))]
    public void Policies_let_pods_reach_exactly_those_on_a_common_network(string name)
    {
        var topology = Topologies.Find(name)!;
        var documents = Chart.Render(name);
        var policies = documents.OfKind("NetworkPolicy").ToList();
        var pods = documents.Workloads().ToDictionary(workload => workload.NameOf(), workload => Labels(workload.PodOf().At("metadata", "labels")));
        var networks = topology.Services.ToDictionary(service => service.Name, service => service.Networks);
        foreach (var store in topology.Stores) networks[store.Name] = store.Networks;

        foreach (var (from, fromLabels) in pods)
        {
            Assert.Contains(policies, policy => Matches(policy.At("spec", "podSelector"), fromLabels) && Directions(policy).Contains("Ingress"));
            foreach (var (to, toLabels) in pods)
            {
                var mayLeave = policies.Any(policy => Selects(policy, fromLabels) && Peers(policy, "egress", "to").Any(peer => Matches(peer, toLabels)));
                var mayEnter = policies.Any(policy => Selects(policy, toLabels) && Peers(policy, "ingress", "from").Any(peer => Matches(peer, fromLabels)));
                Assert.True((mayLeave && mayEnter) == networks[from].Intersect(networks[to]).Any(), $"{from} to {to}");
            }
        }
    }

    [ChartTheory, MemberData(nameof(Deployed))]
    public void The_database_outside_is_reachable_from_its_network_alone(string name)
    {
        var topology = Topologies.Find(name)!;
        var documents = Chart.Render(name, "database.cidrs=[192.0.2.0/24]");
        var outside = documents.OfKind("NetworkPolicy").Where(policy => Peers(policy, "egress", "to", "ipBlock").Any()).ToList();
        if (!topology.IsDatabaseApart)
        {
            Assert.Empty(outside);
            return;
        }

        var policy = Assert.Single(outside);
        Assert.Equal(5432, policy.At("spec", "egress")[0].At("ports")[0].GetProperty("port").GetInt32());
        var reaching = documents.Workloads().Where(workload => Matches(policy.At("spec", "podSelector"), Labels(workload.PodOf().At("metadata", "labels")))).Select(workload => workload.NameOf());
        Assert.Equal(topology.Services.Where(service => service.Networks.Contains(NetworkNames.AppData)).Select(service => service.Name).Order(), reaching.Order());
    }

    [ChartTheory, MemberData(nameof(Deployed))]
    public void Every_container_runs_without_rights(string name)
    {
        foreach (var workload in Chart.Render(name).Workloads().Concat(Chart.Render(name).OfKind("Job")))
        {
            var pod = workload.PodOf().GetProperty("spec");
            Assert.True(pod.At("securityContext", "runAsNonRoot").GetBoolean());
            Assert.False(pod.GetProperty("automountServiceAccountToken").GetBoolean());
            var security = workload.Container().GetProperty("securityContext");
            Assert.False(security.GetProperty("allowPrivilegeEscalation").GetBoolean());
            Assert.Equal("ALL", security.At("capabilities", "drop")[0].GetString());
            if (workload.NameOf() != StoreNames.PostGis) Assert.True(security.GetProperty("readOnlyRootFilesystem").GetBoolean());
        }
    }

    [ChartTheory, MemberData(nameof(Deployed))]
    public void Live_is_not_ready(string name)
    {
        var topology = Topologies.Find(name)!;
        Assert.All(Chart.Render(name).Workloads().Where(workload => IsService(topology, workload)), workload =>
        {
            Assert.Equal("/health", workload.Container().At("livenessProbe", "httpGet", "path").GetString());
            Assert.Equal("/health/ready", workload.Container().At("readinessProbe", "httpGet", "path").GetString());
        });
    }

    /// <summary>Endpoints of a Service are told to nodes and proxies one after the other: a pod serves on until they know, and is not killed before.</summary>
    [ChartTheory, MemberData(nameof(Deployed))]
    public void Pods_drain_before_they_end(string name)
    {
        var topology = Topologies.Find(name)!;
        Assert.All(Chart.Render(name).Workloads().Where(workload => IsService(topology, workload)), workload =>
        {
            var settings = workload.Container().Items("env").ToDictionary(Chart.Name, variable => variable.GetProperty("value").GetString()!);
            var (time, limit) = (TimeSpan.Parse(settings["Drain__Time"], CultureInfo.InvariantCulture), TimeSpan.Parse(settings["Drain__Limit"], CultureInfo.InvariantCulture));
            Assert.InRange(time, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30));
            // As long as the longest request.
            Assert.InRange(limit, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(90));
            Assert.InRange(workload.PodOf().At("spec", "terminationGracePeriodSeconds").GetInt32(), (int)(time + limit).TotalSeconds + 1, 120);
        });
    }

    [ChartTheory, MemberData(nameof(Deployed))]
    public void Secrets_are_referred_to_and_never_made(string name)
    {
        var documents = Chart.Render(name, "existingSecret=mine");

        Assert.Empty(documents.OfKind("Secret"));
        Assert.All(documents.Workloads(), workload => Assert.All(
            workload.PodOf().GetProperty("spec").Items("volumes").SelectMany(Chart.Secrets), secret => Assert.Equal("mine", secret.Name)));
    }

    /// <summary>A database may have fewer replicas than the records; what is missing besides keeps a pod from starting, and says so.</summary>
    [ChartTheory, MemberData(nameof(Deployed))]
    public void Only_replicas_may_be_missing_in_the_secret(string name) =>
        Assert.All(
            Chart.Render(name).Workloads().SelectMany(workload => workload.PodOf().GetProperty("spec").Items("volumes")).SelectMany(Chart.Secrets),
            secret => Assert.All(secret.Items, item => Assert.Equal(item.Key.StartsWith("replica-", StringComparison.Ordinal), secret.IsOptional)));

    [ChartTheory, MemberData(nameof(Deployed))]
    public void Migrations_run_before_an_upgrade_with_the_image_that_brings_them(string name)
    {
        var job = Assert.Single(Chart.Render(name, "image.tag=v9").OfKind("Job"));

        Assert.Contains("pre-upgrade", job.At("metadata", "annotations").GetProperty("helm.sh/hook").GetString(), StringComparison.Ordinal);
        Assert.Equal("--migrate", job.Container().GetProperty("args")[0].GetString());
        Assert.Matches("(workspace-api|standalone):v9$", job.Container().GetProperty("image").GetString());
        Assert.Contains("Metadata__ConnectionString", Secrets(job));
    }

    [ChartTheory, MemberData(nameof(Deployed))]
    public void Pools_keep_all_but_one_and_grow_by_load(string name)
    {
        var topology = Topologies.Find(name)!;
        var pools = topology.Services.Where(service => service.Replicas > 1).Select(service => service.Name).Order().ToList();
        var documents = Chart.Render(name, Everything);

        var several = pools.Concat(topology.Stores.Where(store => store.Name == StoreNames.RedisSentinel).Select(store => store.Name)).Order();
        Assert.Equal(several, documents.OfKind("PodDisruptionBudget").Select(Chart.NameOf).Order());
        // Whoever owns a part of the keys does not come and go with the load.
        Assert.Equal(pools.Where(pool => pool != ServiceNames.Cache), documents.OfKind("HorizontalPodAutoscaler").Select(Chart.NameOf).Order());
        Assert.All(documents.OfKind("HorizontalPodAutoscaler"), scaler => Assert.False(
            documents.Workloads().Single(workload => workload.NameOf() == scaler.NameOf()).GetProperty("spec").TryGetProperty("replicas", out _)));
    }

    [ChartTheory, MemberData(nameof(Deployed))]
    public void Ingress_and_route_lead_to_the_entry(string name)
    {
        var entry = Topologies.Find(name)!.Entry == ServiceNames.Balancer ? ServiceNames.Edge : Topologies.Find(name)!.Entry;
        var documents = Chart.Render(name, Everything);

        Assert.Equal(entry, Assert.Single(documents.OfKind("Ingress")).At("spec", "rules")[0].At("http", "paths")[0].At("backend", "service", "name").GetString());
        Assert.Equal(entry, Assert.Single(documents.OfKind("HTTPRoute")).At("spec", "rules")[0].At("backendRefs")[0].GetProperty("name").GetString());
        Assert.Empty(Chart.Render(name).OfKind("Ingress"));
    }

    private static bool IsService(TopologySpec topology, JsonElement workload) => topology.Services.Any(service => service.Name == workload.NameOf());

    private static IEnumerable<string> Secrets(JsonElement workload) =>
        workload.PodOf().GetProperty("spec").Items("volumes").SelectMany(Chart.Secrets).SelectMany(secret => secret.Items).Select(item => item.Path);

    private static Dictionary<string, string> Labels(JsonElement labels) => labels.EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString() ?? "");

    /// <summary>Of a policy's or a peer's selector, or of bare labels.</summary>
    private static bool Matches(JsonElement selector, Dictionary<string, string> labels)
    {
        var wanted = selector.TryGetProperty("matchLabels", out var inner) ? inner : selector;
        return wanted.EnumerateObject().All(label => labels.GetValueOrDefault(label.Name) == label.Value.GetString());
    }

    private static bool Selects(JsonElement policy, Dictionary<string, string> labels) => Matches(policy.At("spec", "podSelector"), labels);

    private static IEnumerable<string> Directions(JsonElement policy) => policy.At("spec", "policyTypes").EnumerateArray().Select(type => type.GetString()!);

    private static IEnumerable<JsonElement> Peers(JsonElement policy, string direction, string side, string kind = "podSelector") =>
        policy.GetProperty("spec").TryGetProperty(direction, out var rules)
            ? rules.EnumerateArray().Where(rule => rule.TryGetProperty(side, out _)).SelectMany(rule => rule.GetProperty(side).EnumerateArray())
                .Where(peer => peer.TryGetProperty(kind, out _)).Select(peer => peer.GetProperty(kind))
            : [];
}
