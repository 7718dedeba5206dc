using System.Collections.Concurrent;
using System.Text.Json;
using CartoPlatform.Contracts.Workspace;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CartoPlatform.Auth.Tests.Http;

/// <summary>A Workspace API at protocol level: it answers the token route from a table, or as a test tells it to.</summary>
internal sealed class WorkspaceStub : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WorkspaceStub(WebApplication app) => _app = app;

    public string Url => _app.Urls.First();

    public ConcurrentDictionary<Guid, TokenRecord> Tokens { get; } = new();

    public SigningKeysRecord Keys { get; set; } = new([]);

    /// <summary>How often somebody has asked for the keys.</summary>
    public int KeyQuestions { get; private set; }

    /// <summary>What every request is answered with, while it is set.</summary>
    public IResult? Failure { get; set; }

    public static async Task<WorkspaceStub> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, "http://127.0.0.1:0");
        var app = builder.Build();
        var stub = new WorkspaceStub(app);
        app.MapGet($"{InternalRoutes.Prefix}/tokens/{{id:guid}}", stub.Answer);
        app.MapGet(InternalRoutes.SigningKeys, stub.AnswerKeys);
        await app.StartAsync();
        return stub;
    }

    public Task StopAsync() => _app.StopAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private IResult AnswerKeys()
    {
        KeyQuestions++;
        return Failure ?? Results.Text(JsonSerializer.Serialize(Keys, WorkspaceJson.Default.SigningKeysRecord), "application/json");
    }

    private IResult Answer(Guid id) =>
        Failure ?? Results.Text(
            Tokens.TryGetValue(id, out var token) ? JsonSerializer.Serialize(token, WorkspaceJson.Default.TokenRecord) : "null", "application/json");
}
