using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace CartoPlatform.ServiceDefaults.Tests;

/// <summary>A service with nothing but the defaults and the routes of a test, on a real Kestrel and a free port.</summary>
internal sealed class TestService : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestService(WebApplication app)
    {
        _app = app;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public HttpClient Client { get; }

    public IReadOnlyList<Uri> Addresses => [.. _app.Urls.Select(url => new Uri(url))];

    /// <summary>As the host does when it is asked to end; the token takes its patience.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _app.StopAsync(cancellationToken);

    public static Task<TestService> StartAsync(Action<WebApplication> map, params string[] settings) => StartAsync(_ => { }, map, settings);

    public static async Task<TestService> StartAsync(Action<WebApplicationBuilder> add, Action<WebApplication> map, params string[] settings)
    {
        var builder = WebApplication.CreateBuilder(settings);
        add(builder);
        builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, "http://127.0.0.1:0");
        builder.AddServiceDefaults();
        var app = builder.Build();
        app.MapDefaultEndpoints();
        map(app);
        await app.StartAsync();
        return new TestService(app);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
