using CartoPlatform.PostGis.Metadata;

namespace CartoPlatform.Worker.Jobs;

internal static class JobExtensions
{
    public static void AddJobs(this IServiceCollection services)
    {
        services.AddOptions<JobOptions>().BindConfiguration(JobOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddMetadataDatabase();
        services.AddSingleton<JobQueue>().AddSingleton<JobRunner>().AddSingleton<LostJobs>().AddSingleton<JobTelemetry>();
        services.AddHostedService<JobKeeper>().AddHostedService<JobWorker>();
    }
}
