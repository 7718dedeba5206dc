using CartoPlatform.Auth.Tokens;
using CartoPlatform.ServiceDefaults;
using CartoPlatform.Testing.Logging;
using CartoPlatform.Testing.Time;
using CartoPlatform.WorkspaceClient;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CartoPlatform.Auth.Tests.Http;

/// <summary>A service behind the platform's authentication: <c>/who</c> needs a token, <c>/open</c> does not.</summary>
internal sealed class GuardedService : IAsyncDisposable
{
    private readonly WebApplication _app;

    private GuardedService(WebApplication app, ManualTime time, LogRecorder log)
    {
        _app = app;
        Time = time;
        Log = log;
        Issuer = app.Services.GetRequiredService<TokenIssuer>();
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public HttpClient Client { get; }

    public ManualTime Time { get; }

    public LogRecorder Log { get; }

    public TokenIssuer Issuer { get; }

    public static async Task<GuardedService> StartAsync(string workspaceUrl, params string[] settings)
    {
        var builder = WebApplication.CreateBuilder(
            ["--Platform:InternalKey=0123456789abcdef", $"--Tokens:SigningKey={Some.Key}", $"--Workspace:Url={workspaceUrl}", .. settings]);
        builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, "http://127.0.0.1:0");
        builder.AddServiceDefaults();
        builder.AddWorkspaceClient();
        builder.AddPlatformAuth();
        var log = new LogRecorder();
        var time = new ManualTime();
        builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Trace);
        builder.Services.AddSingleton<TimeProvider>(time);
        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.UsePlatformAuth();
        app.MapGet("/who", (HttpContext context) =>
            context.GetPrincipal() is { } principal ? Results.Text(principal.Token.Name) : AuthErrors.TokenNotDefined);
        app.MapGet("/open", () => "open");
        await app.StartAsync();
        return new GuardedService(app, time, log);
    }

    public async Task<HttpResponseMessage> GetAsync(string path, string? token = null, string? referer = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (token is not null) request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        if (referer is not null) request.Headers.TryAddWithoutValidation("Referer", referer);
        return await Client.SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
