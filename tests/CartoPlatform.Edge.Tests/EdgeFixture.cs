using CartoPlatform.Edge.Routing;
using CartoPlatform.ServiceDefaults;
using CartoPlatform.WorkspaceClient;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace CartoPlatform.Edge.Tests;

/// <summary>The edge on a real Kestrel, with one process behind it that answers what it was asked; the Workspace API is away.</summary>
public class EdgeFixture : IAsyncLifetime
{
    private readonly string _pages = Directory.CreateTempSubdirectory("carto-pages-").FullName;
    private WebApplication? _backend;
    private WebApplication? _edge;

    protected virtual string[] Settings => [];

    public HttpClient Client { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    public Uri BaseAddress => Client.BaseAddress ?? throw new InvalidOperationException("The edge has not started");

    public async Task InitializeAsync()
    {
        _backend = WebApplication.Create();
        _backend.Urls.Add("http://127.0.0.1:0");
        _backend.Map("/{**path}", (HttpRequest request) => new
        {
            path = request.Path.Value,
            query = request.QueryString.Value,
            headers = request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
        });
        await _backend.StartAsync();

        await File.WriteAllTextAsync(Path.Combine(_pages, "index.html"), "<title>CartoPlatform</title>");
        var builder = WebApplication.CreateBuilder(
        [
            $"--Edge:MapsApi={_backend.Urls.First()}",
            "--Edge:SqlApi=http://127.0.0.1:1",
            $"--Edge:Pages:Folder={_pages}",
            "--Edge:Limits:MaxBodyBytes=2048",
            "--Workspace:Url=http://127.0.0.1:1",
            "--Platform:InternalKey=0123456789abcdef0123456789abcdef",
            $"--Tokens:SigningKey={Convert.ToBase64String(new byte[32])}",
            .. Settings,
        ]);
        builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, "http://127.0.0.1:0");
        builder.AddServiceDefaults();
        builder.AddWorkspaceClient();
        builder.AddEdge();
        builder.AddEdgeRoutes();
        _edge = builder.Build();
        _edge.MapDefaultEndpoints();
        _edge.UseEdge();
        _edge.MapEdgeRoutes();
        await _edge.StartAsync();
        Client.BaseAddress = new Uri(_edge.Urls.First());
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        if (_edge is not null) await _edge.DisposeAsync();
        if (_backend is not null) await _backend.DisposeAsync();
        Directory.Delete(_pages, recursive: true);
    }
}
