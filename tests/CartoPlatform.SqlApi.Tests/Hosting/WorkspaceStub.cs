using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using CartoPlatform.Contracts.Workspace;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Logging;

namespace CartoPlatform.SqlApi.Tests.Hosting;

/// <summary>The Workspace API as the SQL API sees it from another process: its internal routes over HTTP, on records in memory.</summary>
public sealed class WorkspaceStub : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WorkspaceStub(WebApplication app) => _app = app;

    public ConcurrentDictionary<Guid, TokenRecord> Tokens { get; } = new();

    public ConcurrentDictionary<string, ConnectionRecord> Connections { get; } = new();

    public ConcurrentDictionary<string, NamedSourceRecord> NamedSources { get; } = new();

    public string Url => _app.Urls.First();

    public static async Task<WorkspaceStub> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var stub = new WorkspaceStub(builder.Build());
        stub.Map();
        await stub._app.StartAsync();
        return stub;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private void Map()
    {
        _app.MapGet($"{InternalRoutes.Prefix}/tokens/{{id:guid}}", (Guid id) =>
            Json(Tokens.GetValueOrDefault(id), WorkspaceJson.Default.TokenRecord));
        _app.MapGet($"{InternalRoutes.Prefix}/connections/{{name}}", (string name) =>
            Json(Connections.GetValueOrDefault(name), WorkspaceJson.Default.ConnectionRecord));
        _app.MapGet($"{InternalRoutes.Prefix}/named-sources/{{name}}", (string name) =>
            Json(NamedSources.GetValueOrDefault(name), WorkspaceJson.Default.NamedSourceRecord));
    }

    private static ContentHttpResult Json<T>(T? record, JsonTypeInfo<T> type)
        where T : class => TypedResults.Text(record is null ? "null" : JsonSerializer.Serialize(record, type), "application/json");
}
