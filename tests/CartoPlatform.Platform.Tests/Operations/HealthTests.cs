using System.Net;
using System.Text.Json;
using CartoPlatform.Testing.Platform;

namespace CartoPlatform.Platform.Tests.Operations;

[Collection(SharedPlatform.Name)]
public sealed class HealthTests(PlatformFixture platforms)
{
    private static readonly HttpClient Client = new();

    private static readonly Dictionary<string, string[]> Services = new(StringComparer.Ordinal)
    {
        [Topologies.Standard] = ["standalone"],
        [Topologies.Tier3] =
        [
            "balancer", "cache-1", "cache-2", "edge-1", "edge-2", "maps-api-1", "maps-api-2",
            "redis", "redis-sentinel-1", "redis-sentinel-2", "redis-sentinel-3", "redis-standby",
            "sql-api-1", "sql-api-2", "worker-1", "worker-2", "workspace-api-1", "workspace-api-2",
        ],
    };

    [Theory, MemberData(nameof(Topologies.Ends), MemberType = typeof(Topologies))]
    public async Task Topology_has_its_processes_and_they_run(string topology)
    {
        var platform = await platforms.GetAsync(topology);

        Assert.Equal(Services[topology], platform.Services.Select(service => service.Name).Order(StringComparer.Ordinal));
        Assert.Equal(platform.Services.Count, platform.Services.Select(service => service.Pid).OfType<int>().Distinct().Count());
        Assert.Equal(topology, platform.Topology);
        Assert.Equal("carto_dw", platform.Connection);
    }

    [Theory, MemberData(nameof(Topologies.Ends), MemberType = typeof(Topologies))]
    public async Task Every_service_lives_and_is_ready(string topology)
    {
        foreach (var service in (await platforms.GetAsync(topology)).Services.Where(service => !service.IsStore))
        {
            await AssertHealthyAsync(new Uri(service.Url, "/health"));
            await AssertHealthyAsync(new Uri(service.Url, "/health/ready"));
        }
    }

    [Theory, MemberData(nameof(Topologies.Ends), MemberType = typeof(Topologies))]
    public async Task Readiness_names_the_databases(string topology)
    {
        var platform = await platforms.GetAsync(topology);
        var owner = platform.Services.First(service => service.Name is "standalone" or "workspace-api-1");

        using var ready = JsonDocument.Parse(await Client.GetStringAsync(new Uri(owner.InternalUrl, "/health/ready")));

        var dependencies = ready.RootElement.GetProperty("dependencies");
        Assert.Equal("healthy", dependencies.GetProperty("metadata").GetProperty("status").GetString());
        Assert.Equal("healthy", dependencies.GetProperty("connections").GetProperty("databases").GetProperty("carto_dw").GetString());
        foreach (var service in platform.Services.Where(service => !service.IsStore))
            Assert.DoesNotContain("carto_dw", await Client.GetStringAsync(new Uri(service.Url, "/health/ready")), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Topologies.Ends), MemberType = typeof(Topologies))]
    public async Task Metrics_are_on_the_internal_port_alone(string topology)
    {
        foreach (var service in (await platforms.GetAsync(topology)).Services.Where(service => !service.IsStore))
        {
            using var answer = await Client.GetAsync(new Uri(service.InternalUrl, "/metrics"));
            Assert.Equal("text/plain", answer.Content.Headers.ContentType?.MediaType);
            Assert.Contains("# TYPE ", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);

            using var refused = await Client.GetAsync(new Uri(service.Url, "/metrics"));
            Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        }
    }

    [Theory, MemberData(nameof(Topologies.Ends), MemberType = typeof(Topologies))]
    public async Task Internal_routes_are_closed_to_the_public_and_to_those_without_the_key(string topology)
    {
        var platform = await platforms.GetAsync(topology);
        var owner = platform.Services.First(service => service.Name is "standalone" or "workspace-api-1");
        const string Path = "/internal/v1/connections/carto_dw";

        foreach (var url in platform.Services.Where(service => !service.IsStore).Select(service => service.Url).Append(new Uri(platform.BaseUrl)))
        {
            using var refused = await Client.GetAsync(new Uri(url, Path));
            Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        }

        using var withoutKey = await Client.GetAsync(new Uri(owner.InternalUrl, Path));
        Assert.False(withoutKey.IsSuccessStatusCode);
        Assert.DoesNotContain("Password", await withoutKey.Content.ReadAsStringAsync(), StringComparison.OrdinalIgnoreCase);
    }

    private static async Task AssertHealthyAsync(Uri url)
    {
        using var response = await Client.GetAsync(url);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{url}: {response.StatusCode} {text}");
        using var body = JsonDocument.Parse(text);
        Assert.Equal("healthy", body.RootElement.GetProperty("status").GetString());
    }
}
