using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.PostGis.Dialling;
using CartoPlatform.Testing.Time;
using CartoPlatform.WorkspaceApi.Visibility;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace CartoPlatform.WorkspaceApi.Tests.Hosting;

/// <summary>One Workspace API process, but for the process: its own Program on a real Kestrel, public and internal port.</summary>
internal sealed class WorkspaceService(IReadOnlyDictionary<string, string?> settings, ManualTime time, HostResolver? resolver, int internalPort)
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

    /// <summary>The answer's status and body; an undefined element without a body.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(HttpMethod method, string path, string? token, object? body = null)
    {
        using var client = CreatePublicClient();
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (token is not null) request.Headers.Authorization = new("Bearer", token);
        if (body is not null) request.Content = new StringContent(body as string ?? JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
    }

    public Uri PublicUrl => Get<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses
        .Select(address => new Uri(address)).Single(address => address.Port != InternalUrl.Port);

    public HttpClient CreatePublicClient() => new() { BaseAddress = PublicUrl };

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
        builder.ConfigureTestServices(services =>
        {
            services.AddSingleton<TimeProvider>(time).AddSingleton(new Surroundings(IsAlone: true));
            if (resolver is not null) services.AddSingleton(resolver);
        });
    }
}
