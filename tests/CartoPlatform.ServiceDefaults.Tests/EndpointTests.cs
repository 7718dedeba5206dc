using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using CartoPlatform.ServiceDefaults.Health;
using CartoPlatform.ServiceDefaults.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

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

    [Fact]
    public async Task Names_that_a_check_has_found_are_for_administrators_and_the_internal_port()
    {
        var port = FreePort();
        var found = HealthCheckResult.Degraded("payroll: it cannot be reached", data: new Dictionary<string, object> { ["databases"] = (string[])["payroll"], ["down"] = 1 });
        await using var service = await TestService.StartAsync(
            builder =>
            {
                builder.Services.AddHealthChecks().AddCheck("connections", () => found, tags: [HealthDetails.Named]).AddCheck("plain", () => HealthCheckResult.Healthy("as it was"));
                builder.Services.Configure<HealthDetails>(details => details.IsForAdministrator = context => context.Request.Headers.Authorization == "Bearer admin");
            },
            _ => { }, $"--Internal:Port={port}");
        using var client = new HttpClient();
        async Task<string> AskAsync(Uri address, string? token)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, "/health/ready"));
            if (token is not null) request.Headers.Authorization = new("Bearer", token);
            using var answer = await client.SendAsync(request);
            return await answer.Content.ReadAsStringAsync();
        }

        var outside = service.Addresses.First(address => address.Port != port);
        foreach (var stranger in (string?[])[null, "somebody"])
        {
            var told = await AskAsync(outside, stranger);
            Assert.DoesNotContain("payroll", told, StringComparison.Ordinal);
            Assert.Contains("\"connections\":{\"status\":\"degraded\",\"down\":1}", told, StringComparison.Ordinal);
            Assert.Contains("as it was", told, StringComparison.Ordinal);
        }

        foreach (var told in (string[])[await AskAsync(outside, "admin"), await AskAsync(new Uri($"http://127.0.0.1:{port}"), null)])
            Assert.Contains("\"databases\":[\"payroll\"]", told, StringComparison.Ordinal);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
