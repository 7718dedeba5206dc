using Microsoft.Extensions.Configuration;

namespace CartoPlatform.AppHost;

/// <summary>
/// What the lines of AppHost.cs stand for. Values go to the services under the names of their own settings: they start from
/// configuration alone, and know nothing of Aspire.
/// </summary>
internal static class Resources
{
    private const string Main = "http";
    private const string Internal = "internal";
    private const int DefaultPublicPort = 8080;

    /// <summary>A service with its two ports: its own, and the internal one for metrics and the routes between services.</summary>
    public static IResourceBuilder<ProjectResource> AddService<TProject>(
        this IDistributedApplicationBuilder builder, string name, PlatformSecrets secrets)
        where TProject : IProjectMetadata, new() =>
        builder.AddBalancer<TProject>(name).WithEnvironment("Platform__InternalKey", secrets.InternalKey);

    /// <summary>As a service, without a part in the platform's secrets.</summary>
    public static IResourceBuilder<ProjectResource> AddBalancer<TProject>(this IDistributedApplicationBuilder builder, string name)
        where TProject : IProjectMetadata, new() =>
        builder.AddProject<TProject>(name, options => options.ExcludeLaunchProfile = true)
            .WithHttpEndpoint(name: Main)
            // Named by a variable, an endpoint stays out of ASPNETCORE_URLS.
            .WithHttpEndpoint(name: Internal, env: "Internal__Port")
            .WithHttpHealthCheck("/health/ready", endpointName: Main);

    /// <summary>
    /// For services that only others of ours ask, over loopback: who really asks is in what those say, as whatever counts by address
    /// must know. Not for the one that faces callers.
    /// </summary>
    public static IResourceBuilder<ProjectResource> BehindOurs(this IResourceBuilder<ProjectResource> service) =>
        service.WithEnvironment("Proxies__Trusted__0", "127.0.0.0/8").WithEnvironment("Proxies__Trusted__1", "::1/128");

    /// <summary>Several of it, which let the others take over before they end.</summary>
    public static IResourceBuilder<ProjectResource> AsPool(this IResourceBuilder<ProjectResource> service, int replicas) =>
        service.WithReplicas(replicas).WithEnvironment("Drain__Time", "00:00:03");

    /// <summary>What the services share of a cache. One is enough for developers: deploy/ has the standby and its sentinels.</summary>
    public static IResourceBuilder<RedisResource> AddRedisOf(this IDistributedApplicationBuilder builder, PlatformSecrets secrets) =>
        builder.AddRedis("redis", password: secrets.RedisPassword).WithImage(builder.Configuration["CARTO_REDIS_IMAGE"] ?? "redis:7.4");

    /// <summary>For services that verify callers' tokens.</summary>
    public static IResourceBuilder<ProjectResource> WithTokens(this IResourceBuilder<ProjectResource> service, PlatformSecrets secrets) =>
        service.WithEnvironment("Tokens__SigningKey", secrets.SigningKey);

    /// <summary>For services that ask the Workspace API in another process.</summary>
    public static IResourceBuilder<ProjectResource> WithWorkspace(
        this IResourceBuilder<ProjectResource> service, IResourceBuilder<ProjectResource> workspaceApi) =>
        service.WithEnvironment("Workspace__Url", workspaceApi.GetEndpoint(Internal));

    /// <summary>The base URL of a service behind this one.</summary>
    public static IResourceBuilder<ProjectResource> WithUrlOf(
        this IResourceBuilder<ProjectResource> service, IResourceBuilder<ProjectResource> behind, string setting) =>
        service.WithEnvironment(setting, behind.GetEndpoint(Main));

    /// <summary>For the service that keeps answers: who tells it what has changed.</summary>
    public static IResourceBuilder<ProjectResource> WithVersionFeed(this IResourceBuilder<ProjectResource> service, IResourceBuilder<ProjectResource> mapsApi) =>
        service.WithEnvironment("Cache__Feed", mapsApi.GetEndpoint(Internal));

    /// <summary>For services that share a Redis. Developers have one server; the standby and its sentinels come where it is deployed.</summary>
    public static IResourceBuilder<ProjectResource> WithRedis(
        this IResourceBuilder<ProjectResource> service, IResourceBuilder<RedisResource> redis, PlatformSecrets secrets) =>
        service
            .WithEnvironment("Redis__ConnectionString", ReferenceExpression.Create($"{redis.Resource.Host}:{redis.Resource.Port}"))
            .WithEnvironment("Redis__Password", secrets.RedisPassword);

    /// <summary>For services that keep something in the metadata database.</summary>
    public static IResourceBuilder<ProjectResource> WithMetadata(this IResourceBuilder<ProjectResource> service, Databases databases) =>
        service.WithEnvironment("Metadata__ConnectionString", databases.Metadata);

    /// <summary>For the Workspace API: what it makes at the first start.</summary>
    public static IResourceBuilder<ProjectResource> WithBootstrap(this IResourceBuilder<ProjectResource> service, Databases databases) =>
        service
            .WithEnvironment("Bootstrap__OwnerTokenFile", service.ApplicationBuilder.OwnerTokenFile())
            .WithEnvironment("Bootstrap__Connections__0__Name", "carto_dw")
            .WithEnvironment("Bootstrap__Connections__0__ReaderConnectionString", databases.Reader)
            .WithEnvironment("Bootstrap__Connections__0__WriterConnectionString", databases.Owner)
            .WithEnvironment("Demo__Enabled", "true");

    /// <summary>Waits for the container that the databases are in, where they are in one.</summary>
    public static IResourceBuilder<ProjectResource> WaitFor(this IResourceBuilder<ProjectResource> service, Databases databases) =>
        databases.Container is null ? service : service.WaitFor(databases.Container);

    /// <summary>The one address for callers. WithExternalHttpEndpoints would publish the internal port too.</summary>
    public static IResourceBuilder<ProjectResource> WithPublicPort(this IResourceBuilder<ProjectResource> service) =>
        service.WithEndpoint(Main, endpoint =>
        {
            endpoint.Port = service.ApplicationBuilder.Configuration.GetValue("CARTO_PORT", DefaultPublicPort);
            endpoint.IsExternal = true;
        });

    private static string OwnerTokenFile(this IDistributedApplicationBuilder builder)
    {
        var folder = Path.GetFullPath(Path.Combine(builder.AppHostDirectory, "..", ".carto", "aspire"));
        Directory.CreateDirectory(folder);
        return Path.Combine(folder, "owner-token");
    }
}
