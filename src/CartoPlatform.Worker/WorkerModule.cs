namespace CartoPlatform.Worker;

/// <summary>Background work: jobs, imports, tilesets and the change listener find their host here. There is none yet.</summary>
public static class WorkerModule
{
    public static WebApplicationBuilder AddWorker(this WebApplicationBuilder builder) => builder;
}
