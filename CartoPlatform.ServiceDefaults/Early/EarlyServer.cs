using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace CartoPlatform.ServiceDefaults.Early;

/// <summary>The server, with early answers in front of the host. It reads requests as it always does.</summary>
internal sealed class EarlyServer(IServer server, IServiceProvider services) : IServer
{
    public IFeatureCollection Features => server.Features;

    // What answers is made here and not before, when all settings have been looked at.
    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull => server.StartAsync(
        new EarlyApplication<TContext>(
            application, services.GetRequiredService<IEarlyAnswers>(), ActivatorUtilities.CreateInstance<EarlyGate>(services),
            new EarlyMetrics(services.GetRequiredService<IMeterFactory>()), services.GetRequiredService<TimeProvider>()),
        cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => server.StopAsync(cancellationToken);

    public void Dispose() => server.Dispose();
}
