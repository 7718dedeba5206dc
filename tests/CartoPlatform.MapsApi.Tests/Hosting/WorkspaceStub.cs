using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using CartoPlatform.Contracts.Workspace;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CartoPlatform.Testing.Workspace;

/// <summary>The Workspace API as the other services see it from their processes: its internal routes over HTTP, on records in memory.</summary>
public sealed class WorkspaceStub : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WorkspaceStub(WebApplication app) => _app = app;

    public ConcurrentDictionary<Guid, TokenRecord> Tokens { get; } = new();

    public ConcurrentDictionary<string, ConnectionRecord> Connections { get; } = new();

    public ConcurrentDictionary<string, NamedSourceRecord> NamedSources { get; } = new();

    public ConcurrentDictionary<string, string> Definitions { get; } = new();

    /// <summary>Those that OAuth access tokens are signed with.</summary>
    public SigningKeysRecord Keys { get; set; } = new([]);

    public ConcurrentQueue<AuditRecord> Audit { get; } = new();

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
            Text(Tokens.GetValueOrDefault(id), WorkspaceJson.Default.TokenRecord));
        _app.MapGet($"{InternalRoutes.Prefix}/connections/{{name}}", (string name) =>
            Text(Connections.GetValueOrDefault(name), WorkspaceJson.Default.ConnectionRecord));
        _app.MapGet($"{InternalRoutes.Prefix}/named-sources/{{name}}", (string name) =>
            Text(NamedSources.GetValueOrDefault(name), WorkspaceJson.Default.NamedSourceRecord));
        _app.MapGet($"{InternalRoutes.Prefix}/signing-keys", () => Text(Keys, WorkspaceJson.Default.SigningKeysRecord));
        _app.MapGet($"{InternalRoutes.Prefix}/map-definitions/{{id}}", (string id) =>
            TypedResults.Text(Definitions.GetValueOrDefault(id) ?? "null", "application/json"));
        _app.MapPost(InternalRoutes.Audit, async (HttpRequest request) =>
        {
            Audit.Enqueue((await JsonSerializer.DeserializeAsync(request.Body, WorkspaceJson.Default.AuditRecord))!);
            return TypedResults.NoContent();
        });
        _app.MapPut($"{InternalRoutes.Prefix}/map-definitions/{{id}}", async (string id, HttpRequest request) =>
        {
            using var reader = new StreamReader(request.Body);
            Definitions[id] = await reader.ReadToEndAsync();
            return TypedResults.NoContent();
        });
    }

    // "There is none" is the JSON value null.
    private static Microsoft.AspNetCore.Http.HttpResults.ContentHttpResult Text<T>(T? record, JsonTypeInfo<T> type)
        where T : class =>
        TypedResults.Text(record is null ? "null" : JsonSerializer.Serialize(record, type), "application/json");
}
