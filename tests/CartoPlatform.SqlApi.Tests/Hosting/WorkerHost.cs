using CartoPlatform.Worker;
using CartoPlatform.WorkspaceClient;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace CartoPlatform.SqlApi.Tests.Hosting;

/// <summary>A running Worker, as its own Program composes it.</summary>
public sealed class WorkerHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WorkerHost(WebApplication app) => _app = app;

    public static async Task<WorkerHost> StartAsync(JobFixture fixture, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(
        [
            new("Workspace:Url", fixture.Sql.Workspace.Url),
            new("Platform:InternalKey", "an-internal-key-for-tests"),
            new("Metadata:ConnectionString", fixture.Sql.Database.OwnerConnectionString),
            new("Jobs:PollInterval", "00:00:00.05"),
            .. settings.Select(setting => KeyValuePair.Create<string, string?>(setting.Key, setting.Value)),
        ]);
        builder.AddWorkspaceClient();
        builder.AddWorker();
        var host = new WorkerHost(builder.Build());
        await host._app.StartAsync();
        return host;
    }

    /// <summary>Asks it to stop, as a termination signal does.</summary>
    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
