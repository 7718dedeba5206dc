using CartoPlatform.ServiceDefaults;
using CartoPlatform.Traffic.Activity;
using CartoPlatform.WorkspaceClient;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace CartoPlatform.Traffic.Tests.Activity;

/// <summary>An edge that takes down what its callers do, on a real Kestrel.</summary>
internal sealed class ActivityEdge : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ActivityEdge(WebApplication app) => _app = app;

    public HttpClient Client { get; private set; } = new();

    /// <summary>A request has come to where nothing answers.</summary>
    public TaskCompletionSource Reached { get; } = new();

    public CallLog Log => _app.Services.GetRequiredService<CallLog>();

    public static async Task<ActivityEdge> StartAsync(ActivityPeer peer, params string[] settings)
    {
        var builder = WebApplication.CreateBuilder(
        [
            $"--Workspace:Url={peer.Url}", "--Platform:InternalKey=an-internal-key-for-tests",
            // Tests hand over when they want to.
            "--Activity:Interval=00:01:00", .. settings,
        ]);
        builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, "http://127.0.0.1:0");
        builder.AddServiceDefaults();
        builder.AddWorkspaceClient();
        builder.AddTraffic();
        var edge = new ActivityEdge(builder.Build());
        edge._app.MapDefaultEndpoints();
        edge._app.UseActivity();
        edge._app.UseRouting();
        edge._app.MapGet("/v3/maps/{connection}/table", (HttpContext context) => context.Response.WriteAsync("0123456789", context.RequestAborted));
        edge._app.MapGet("/v3/sql/{connection}/query", async (HttpContext context) =>
        {
            await context.Response.Body.WriteAsync(new byte[1_000], context.RequestAborted);
            await context.Response.BodyWriter.WriteAsync(new byte[234], context.RequestAborted);
            context.Features.Set(new Contracts.Activity.AnsweredRows(7));
        });
        edge._app.MapGet("/v3/stats/{connection}/x", string () => throw new InvalidOperationException("a bug"));
        edge._app.MapGet("/v3/lds/x", () => Results.StatusCode(StatusCodes.Status429TooManyRequests));
        edge._app.MapGet("/v3/tokens", async (HttpContext context) =>
        {
            edge.Reached.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        await edge._app.StartAsync();
        edge.Client.BaseAddress = new Uri(edge._app.Urls.First());
        return edge;
    }

    /// <summary>Twice: what is summed comes to rest first.</summary>
    public async Task HandOverAsync()
    {
        await Log.HandOverAsync(CancellationToken.None);
        await Log.HandOverAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
