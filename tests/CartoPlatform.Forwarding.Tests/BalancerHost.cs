using CartoPlatform.Balancer;
using CartoPlatform.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Configuration;

namespace CartoPlatform.Forwarding.Tests;

/// <summary>The balancer as its program makes it, in front of the given edges.</summary>
internal sealed class BalancerHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private BalancerHost(WebApplication app)
    {
        _app = app;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public HttpClient Client { get; }

    public static Task<BalancerHost> StartAsync(params IEnumerable<string> edges) => StartAsync(null, edges);

    public static Task<BalancerHost> StartAsync(ProbePatience? patience, params IEnumerable<string> edges) => StartAsync(patience, [], edges);

    public static async Task<BalancerHost> StartAsync(ProbePatience? patience, string[] settings, IEnumerable<string> edges)
    {
        var builder = WebApplication.CreateBuilder([$"--Balancer:Edge={string.Join(';', edges)}", .. settings]);
        builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, "http://127.0.0.1:0");
        builder.AddServiceDefaults();
        builder.AddBalancer();
        if (patience is not null) builder.Services.AddSingleton<IProxyConfigFilter>(patience);
        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.UseReadableErrors();
        app.MapForwarding();
        await app.StartAsync();
        return new BalancerHost(app);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
