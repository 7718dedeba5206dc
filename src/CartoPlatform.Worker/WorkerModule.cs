using CartoPlatform.PostGis;
using CartoPlatform.Worker.Jobs;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CartoPlatform.Worker;

/// <summary>Background work: SQL jobs. Imports, tilesets and the change listener find their host here.</summary>
public static class WorkerModule
{
    /// <summary>The <c>IWorkspaceDirectory</c> comes from <c>AddWorkspaceClient</c> or <c>AddWorkspaceApi</c>.</summary>
    public static WebApplicationBuilder AddWorker(this WebApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddDialling().AddJobs();
        return builder;
    }
}
