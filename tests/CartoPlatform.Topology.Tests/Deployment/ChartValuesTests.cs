using System.Text.Json;

namespace CartoPlatform.Topology.Tests.Deployment;

/// <summary>What operators put into values: each must give documents that are valid, and that mean what was said.</summary>
public sealed class ChartValuesTests
{
    private const string ExternalRedis = "redis.external=rediss://redis.example:6390";

    /// <summary>Values that are allowed and seldom seen; all of them stay within the schemas.</summary>
    [ChartTheory]
    [InlineData("standard", ExternalRedis, "redis.user=carto", "redis.passwordKey=redis-password", "redis.authorityKey=redis-ca", "service.ipFamilyPolicy=RequireDualStack")]
    [InlineData("standard", "services.standalone.replicas=0", "networkPolicies.enabled=false", "migrations.enabled=false", "postgis.storageClassName=fast")]
    [InlineData("tier1", "services.standalone.replicas=50", "autoscaling.enabled=true", "autoscaling.maxReplicas=3", "database.cidrs=[\"2001:db8::/32\", \"192.0.2.10/32\"]")]
    [InlineData("tier1", "image.tag=20261201", "image.pullSecrets=[{name: registry}]", "existingSecret=mine", "nodeSelector={disk: ssd}", "tolerations=[{operator: Exists}]")]
    [InlineData("tier2", "redis.enabled=false", "services.cache.replicas=0", "services.edge.replicas=1", "proxy.url=http://[2001:db8::1]:3128", "otlpEndpoint=https://collector.example")]
    [InlineData("tier2", "stores.redis=null", "networkPolicies.metricsFrom=[{namespaceSelector: {}}]", "networkPolicies.egress=[{to: [{ipBlock: {cidr: \"2001:db8::/32\"}}]}]", "allowFrom=[{namespaceSelector: {}}]")]
    [InlineData("tier3", "services.cache.replicas=50", "services.edge.replicas=0", "gateway.enabled=true", "gateway.parent={name: public, namespace: gateways, sectionName: https}", "gateway.host=\"*.example.org\"")]
    [InlineData("tier3", "services.cache.replicas=1", "redis.enabled=false", "ingress.enabled=true", "ingress.tlsSecret=tls", "ingress.annotations={a.example/b: \"1\"}", "podAnnotations={prometheus.io/scrape: \"false\"}")]
    public void Odd_values_give_valid_documents(string name, params string[] settings)
    {
        // The longest that Helm allows.
        var documents = Chart.RenderAs(new string('r', 53), name, settings);

        Assert.Equal("", Chart.FaultsOfValues(name, settings));
        Assert.Equal("", Chart.Faults(documents));
        Assert.All(documents, document =>
        {
            Assert.InRange(document.NameOf().Length, 1, document.GetProperty("kind").GetString() == "Service" ? 63 : 253);
            Assert.All(document.At("metadata", "labels").EnumerateObject(), label => Assert.Matches("^(|[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)$", label.Value.GetString()!));
        });
        Assert.All(documents.Workloads(), workload => Assert.Distinct(workload.Container().Items("env").Select(Chart.Name)));
    }

    [ChartTheory, MemberData(nameof(DeployFilesTests.Deployed), MemberType = typeof(DeployFilesTests))]
    public void Values_of_every_topology_fit_the_charts_schema(string name) => Assert.Equal("", Chart.FaultsOfValues(name));

    /// <summary>A name that nobody reads would leave what was meant as it was, such as the database's port open to everywhere.</summary>
    [ChartTheory]
    [InlineData("databse.cidrs=[192.0.2.0/24]", "databse")]
    [InlineData("database.cidrs=[192.0.2.10]", "/database/cidrs/0")]
    [InlineData("networkPolicies.enable=false", "enable")]
    [InlineData("services.edge.replica=3", "replica")]
    [InlineData("services.edge.replicas=three", "/services/edge/replicas")]
    [InlineData("services.egde.replicas=3", "/services/egde")]
    [InlineData("service.type=Loadbalancer", "/service/type")]
    [InlineData("extraEnvironment={maps_api: {A: b}}", "maps_api")]
    public void Values_that_mean_nothing_are_refused_by_the_charts_schema(string setting, string says) =>
        Assert.Contains(says, Chart.FaultsOfValues("tier3", setting), StringComparison.Ordinal);

    [ChartTheory, InlineData(1), InlineData(2), InlineData(50)]
    public void Edges_know_every_cache_that_there_is(int replicas)
    {
        var documents = Chart.Render("tier3", $"services.cache.replicas={replicas}");

        Assert.Equal(
            string.Join(';', Enumerable.Range(0, replicas).Select(number => $"http://cache-{number}.cache:8080")),
            EnvironmentOf(documents, ServiceNames.Edge)["Edge__Cache"]);
        Assert.Equal(replicas, documents.Workloads().Single(workload => workload.NameOf() == ServiceNames.Cache).At("spec", "replicas").GetInt32());
    }

    [ChartTheory]
    [InlineData("tier3", "services.cache.replicas=0", "services.cache.replicas")]
    [InlineData("tier3", "gateway.enabled=true", "gateway.parent.name")]
    [InlineData("tier2", "existingSecret=", "existingSecret")]
    [InlineData("tier1", "services={standalone: null}", "values-tier1.yaml")]
    public void What_cannot_work_is_refused_by_its_name(string name, string setting, string says) =>
        Assert.Contains(says, Assert.Throws<InvalidOperationException>(() => Chart.Render(name, setting)).Message, StringComparison.Ordinal);

    [ChartTheory]
    [InlineData("tier2", "redis.enabled=false")]
    [InlineData("tier3", "redis.enabled=false")]
    [InlineData("tier2", "stores.redis=null")]
    public void Without_Redis_nobody_looks_for_one(string name, string setting)
    {
        var documents = Chart.Render(name, setting);

        Assert.DoesNotContain("redis", JsonSerializer.Serialize(documents), StringComparison.OrdinalIgnoreCase);
    }

    [ChartTheory, MemberData(nameof(DeployFilesTests.Deployed), MemberType = typeof(DeployFilesTests))]
    public void Redis_of_ones_own_takes_the_place_of_the_topologys(string name)
    {
        var documents = Chart.Render(name, ExternalRedis, "redis.user=carto", "redis.passwordKey=theirs", "redis.authorityKey=redis-ca");

        Assert.DoesNotContain(documents.Workloads(), workload => workload.NameOf().StartsWith("redis", StringComparison.Ordinal));
        foreach (var service in Topologies.Find(name)!.Services.Where(service => service.Name is ServiceNames.Standalone or ServiceNames.Edge or ServiceNames.Cache))
        {
            var environment = EnvironmentOf(documents, service.Name);
            Assert.Equal("rediss://redis.example:6390", environment["Redis__ConnectionString"]);
            Assert.Equal("carto", environment["Redis__User"]);
            Assert.DoesNotContain(environment.Keys, key => key.StartsWith("Redis__Sentinel", StringComparison.Ordinal));

            var workload = documents.Workloads().Single(workload => workload.NameOf() == service.Name);
            var mounted = workload.Container().Items("volumeMounts").ToDictionary(Chart.Name, mount => mount.GetProperty("mountPath").GetString()!);
            var files = workload.PodOf().GetProperty("spec").Items("volumes")
                .SelectMany(volume => volume.Secrets().SelectMany(secret => secret.Items).Select(item => (File: $"{mounted[volume.Name()]}/{item.Path}", item.Key)))
                .ToDictionary(item => item.File, item => item.Key);
            Assert.Equal("theirs", files["/run/secrets/Redis__Password"]);
            Assert.Equal("redis-ca", files[environment["Redis__CertificateAuthorityFile"]]);
        }

        Assert.Equal([6390], PortsOutside(documents));
    }

    /// <summary>Where policies are enforced, what is not let out is cut off.</summary>
    [ChartTheory, MemberData(nameof(DeployFilesTests.Deployed), MemberType = typeof(DeployFilesTests))]
    public void Ways_out_that_values_name_are_open(string name)
    {
        Assert.Empty(PortsOutside(Chart.Render(name)));
        Assert.Equal([443, 3128, 4317], PortsOutside(Chart.Render(name, "proxy.url=http://proxy:3128/", "otlpEndpoint=http://collector:4317", "redis.external=https:443")));
        Assert.Equal([80, 443], PortsOutside(Chart.Render(name, "proxy.url=http://user@proxy", "otlpEndpoint=https://collector/v1")));
    }

    [ChartTheory, MemberData(nameof(DeployFilesTests.Deployed), MemberType = typeof(DeployFilesTests))]
    public void Metrics_are_for_whom_the_values_name(string name)
    {
        Assert.DoesNotContain(Chart.Render(name).OfKind("NetworkPolicy"), policy => policy.NameOf().EndsWith("-metrics", StringComparison.Ordinal));

        var policy = Chart.Render(name, "networkPolicies.metricsFrom=[{namespaceSelector: {matchLabels: {team: monitoring}}}]").OfKind("NetworkPolicy")
            .Single(policy => policy.NameOf().EndsWith("-metrics", StringComparison.Ordinal));
        var rule = Assert.Single(policy.GetProperty("spec").Items("ingress"));
        Assert.Equal("internal", Assert.Single(rule.Items("ports")).GetProperty("port").GetString());
        Assert.Equal("monitoring", Assert.Single(rule.Items("from")).At("namespaceSelector", "matchLabels", "team").GetString());
    }

    [ChartTheory, InlineData("268435456", "268435456"), InlineData("0.25", "0.25"), InlineData("true", "true"), InlineData("\"007\"", "007")]
    public void Numbers_stay_as_they_were_written(string written, string expected) =>
        Assert.Equal(expected, EnvironmentOf(Chart.Render("tier2", $"extraEnvironment={{maps-api: {{Cache__MemoryBytes: {written}}}}}"), ServiceNames.MapsApi)["Cache__MemoryBytes"]);

    [ChartTheory, InlineData("tier3")]
    public void What_is_set_by_hand_goes_before_everything_else(string name)
    {
        var environment = EnvironmentOf(Chart.Render(name, "extraEnvironment={edge: {Edge__Cache: http://mine, Drain__Limit: \"00:00:10\", Proxies__Trusted__0: 192.0.2.0/24}}"), ServiceNames.Edge);

        Assert.Equal(("http://mine", "00:00:10", "192.0.2.0/24"), (environment["Edge__Cache"], environment["Drain__Limit"], environment["Proxies__Trusted__0"]));
    }

    /// <summary>Where nodes of a cluster are kept for this, a pod without these is never placed, and the installation waits for its migrations.</summary>
    [ChartTheory, MemberData(nameof(DeployFilesTests.Deployed), MemberType = typeof(DeployFilesTests))]
    public void Every_pod_is_placed_as_the_values_say(string name)
    {
        var documents = Chart.Render(name, "nodeSelector={pool: maps}", "tolerations=[{key: maps, operator: Exists}]", "priorityClassName=high", "image.pullSecrets=[{name: registry}]");

        Assert.All(documents.Workloads().Concat(documents.OfKind("Job")), workload =>
        {
            var pod = workload.PodOf().GetProperty("spec");
            Assert.Equal("maps", pod.At("nodeSelector", "pool").GetString());
            Assert.Equal("maps", Assert.Single(pod.Items("tolerations")).GetProperty("key").GetString());
            Assert.Equal("high", pod.GetProperty("priorityClassName").GetString());
            Assert.Equal("registry", Assert.Single(pod.Items("imagePullSecrets")).Name());
        });
    }

    /// <summary>Each on a node of its own where there are enough, a primary and its standby among themselves too.</summary>
    [ChartTheory, InlineData("tier3")]
    public void What_stands_in_for_each_other_is_spread_over_nodes(string name)
    {
        var spread = Chart.Render(name).Workloads().ToDictionary(Chart.NameOf, workload => Together(workload).Order());

        string[] servers = [StoreNames.Redis, StoreNames.RedisStandby];
        Assert.All(spread, workload => Assert.Equal(servers.Contains(workload.Key) ? servers : [workload.Key], workload.Value));

        static IEnumerable<string> Together(JsonElement workload)
        {
            const string label = "app.kubernetes.io/name";
            var selector = Assert.Single(workload.PodOf().GetProperty("spec").Items("topologySpreadConstraints")).GetProperty("labelSelector");
            return selector.TryGetProperty("matchExpressions", out var expressions)
                ? expressions.EnumerateArray().Single(expression => expression.GetProperty("key").GetString() == label).Items("values").Select(value => value.GetString()!)
                : [selector.At("matchLabels", label).GetString()!];
        }
    }

    private static Dictionary<string, string> EnvironmentOf(IEnumerable<JsonElement> documents, string service) => documents.Workloads()
        .Single(workload => workload.NameOf() == service).Container().Items("env").ToDictionary(Chart.Name, variable => variable.GetProperty("value").GetString()!);

    private static IEnumerable<int> PortsOutside(IEnumerable<JsonElement> documents) => documents.OfKind("NetworkPolicy")
        .Where(policy => policy.NameOf().EndsWith("-outside", StringComparison.Ordinal))
        .SelectMany(policy => policy.GetProperty("spec").Items("egress")).SelectMany(rule => rule.Items("ports")).Select(port => port.GetProperty("port").GetInt32()).Order();
}
