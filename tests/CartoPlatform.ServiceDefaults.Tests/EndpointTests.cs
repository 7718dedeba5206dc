using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using CartoPlatform.ServiceDefaults.Hosting;
using Microsoft.AspNetCore.Builder;

namespace CartoPlatform.ServiceDefaults.Tests;

public sealed class EndpointTests
{
    [Theory]
    [InlineData("/health")]
    [InlineData("/health/ready")]
    public async Task Health_is_answered_as_json(string path)
    {
        await using var service = await TestService.StartAsync(_ => { });

        using var response = await service.Client.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal("healthy", body.GetProperty("status").GetString());
    }

    [Fact]
    public async Task Metrics_are_answered_on_the_internal_port_alone()
    {
        var port = FreePort();
        await using var service = await TestService.StartAsync(
            app => app.MapGet("/internal/x", () => "secret").RequireInternalPort(), $"--Internal:Port={port}");
        using var inside = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        var outside = service.Addresses.First(address => address.Port != port);

        await inside.GetStringAsync("/health");
        var metrics = await inside.GetStringAsync("/metrics");

        Assert.Contains("# TYPE kestrel_active_connections gauge\n", metrics, StringComparison.Ordinal);
        Assert.Equal("secret", await inside.GetStringAsync("/internal/x"));
        foreach (var path in (string[])["/metrics", "/internal/x"])
        {
            using var response = await service.Client.GetAsync(new Uri(outside, path));
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }
    }

    [Fact]
    public async Task Without_an_internal_port_internal_routes_do_not_exist()
    {
        await using var service = await TestService.StartAsync(app => app.MapGet("/internal/x", () => "secret").RequireInternalPort());

        using var response = await service.Client.GetAsync("/internal/x");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
