using CartoPlatform.Contracts.Replicas;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.WorkspaceClient.Activity;
using CartoPlatform.WorkspaceClient.Audit;
using CartoPlatform.WorkspaceClient.Caching;
using CartoPlatform.WorkspaceClient.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CartoPlatform.WorkspaceClient;

public static class WorkspaceClientExtensions
{
    // For saving; what is read has a shorter limit (RecordCacheLimits).
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    /// <summary>Makes <see cref="IWorkspaceDirectory"/> the Workspace API of another process (<c>Workspace:Url</c>).</summary>
    public static IHostApplicationBuilder AddWorkspaceClient(this IHostApplicationBuilder builder)
    {
        builder.Services.AddInternalKeyOptions();
        builder.Services.AddOptions<WorkspaceClientOptions>().BindConfiguration(WorkspaceClientOptions.Section).ValidateDataAnnotations()
            .Validate(options => ReplicaUrls.TryParse(options.Url) is not null, $"Workspace:Url {ReplicaUrls.Rule}")
            .ValidateOnStart();
        builder.Services.AddWorkspaceDirectory(services => new HttpWorkspaceDirectory(CreateClient(services)));
        builder.Services.TryAddSingleton<IActivityStore>(services => new HttpActivityStore(CreateClient(services)));
        builder.Services.TryAddSingleton<IAuditTrail>(services => new HttpAuditTrail(CreateClient(services), services.GetRequiredService<ILogger<HttpAuditTrail>>()));
        return builder;
    }

    /// <summary>Makes <see cref="IWorkspaceDirectory"/> the given one, with the platform's cache in front.</summary>
    public static IServiceCollection AddWorkspaceDirectory(this IServiceCollection services, Func<IServiceProvider, IWorkspaceDirectory> inner)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<Outage>();
        services.AddSingleton(provider => new CachedWorkspaceDirectory(
            inner(provider), provider.GetRequiredService<Outage>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IWorkspaceDirectory>(provider => provider.GetRequiredService<CachedWorkspaceDirectory>());
        return services;
    }

    public static IServiceCollection AddInternalKeyOptions(this IServiceCollection services)
    {
        services.AddOptions<InternalKeyOptions>().BindConfiguration(InternalKeyOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services;
    }

    private static HttpClient CreateClient(IServiceProvider services)
    {
        // One client for the life of the process: connections are renewed so that a moved Workspace API is found, proxies of the
        // environment are not for internal traffic, and a redirect would carry the internal key elsewhere.
        var handler = new SocketsHttpHandler
        {
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            ConnectTimeout = AnswerLimit,
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
        };
        var urls = ReplicaUrls.Parse(services.GetRequiredService<IOptions<WorkspaceClientOptions>>().Value.Url, "Workspace:Url");
        var replicas = new ReplicaHandler(urls, services.GetRequiredService<TimeProvider>(), handler);
        var key = services.GetRequiredService<IOptions<InternalKeyOptions>>().Value.InternalKey;
        var client = new HttpClient(replicas) { BaseAddress = urls[0], Timeout = AnswerLimit };
        client.DefaultRequestHeaders.Add(InternalRoutes.KeyHeader, key);
        return client;
    }
}
