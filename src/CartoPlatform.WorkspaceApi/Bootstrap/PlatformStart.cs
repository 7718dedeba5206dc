using CartoPlatform.WorkspaceApi.Metadata;

namespace CartoPlatform.WorkspaceApi.Bootstrap;

/// <summary>Schema and first records, before the process answers anything: hosted services start ahead of the server.</summary>
internal sealed class PlatformStart(MigrationRunner migrations, PlatformBootstrap bootstrap) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await migrations.RunAsync(cancellationToken);
        await bootstrap.RunAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
