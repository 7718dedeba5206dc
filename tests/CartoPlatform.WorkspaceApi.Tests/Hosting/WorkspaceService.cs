using System.Globalization;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.Testing.Time;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace CartoPlatform.WorkspaceApi.Tests.Hosting;

/// <summary>One Workspace API process, but for the process: its own Program on a real Kestrel, public and internal port.</summary>
internal sealed class WorkspaceService(IReadOnlyDictionary<string, string?> settings, ManualTime time, int internalPort)
    : WebApplicationFactory<Program>
{
    public Uri InternalUrl { get; } = new($"http://127.0.0.1:{internalPort}");

    public void Start()
    {
        UseKestrel();
        StartServer();
    }

    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();

    public async Task<HttpResponseMessage> GetAsync(string path, string? token = null)
    {
        using var client = CreatePublicClient();
        if (token is not null) client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return await client.GetAsync(new Uri(path, UriKind.Relative));
    }

    public HttpClient CreatePublicClient()
    {
        var addresses = Get<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;
        return new HttpClient { BaseAddress = addresses.Select(address => new Uri(address)).Single(address => address.Port != InternalUrl.Port) };
    }

    /// <summary>A client of the internal port that knows the platform's key.</summary>
    public HttpClient CreateInternalClient(string key = TestPlatform.InternalKey)
    {
        var client = new HttpClient { BaseAddress = InternalUrl };
        client.DefaultRequestHeaders.Add(InternalRoutes.KeyHeader, key);
        return client;
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting(WebHostDefaults.ServerUrlsKey, "http://127.0.0.1:0");
        builder.UseSetting("Internal:Port", internalPort.ToString(CultureInfo.InvariantCulture));
        foreach (var (key, value) in settings)
            builder.UseSetting(key, value);
        builder.ConfigureTestServices(services => services.AddSingleton<TimeProvider>(time));
    }
}
