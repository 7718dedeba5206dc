using CartoPlatform.Auth;
using CartoPlatform.PostGis;
using CartoPlatform.PostGis.Metadata;
using CartoPlatform.ServiceDefaults.Health;
using CartoPlatform.WorkspaceApi.Activity;
using CartoPlatform.WorkspaceApi.Audit;
using CartoPlatform.WorkspaceApi.Bootstrap;
using CartoPlatform.WorkspaceApi.Connections;
using CartoPlatform.WorkspaceApi.Connections.Providers;
using CartoPlatform.WorkspaceApi.Demo;
using CartoPlatform.WorkspaceApi.Internal;
using CartoPlatform.WorkspaceApi.MapDefinitions;
using CartoPlatform.WorkspaceApi.Maps;
using CartoPlatform.WorkspaceApi.Metadata;
using CartoPlatform.WorkspaceApi.NamedSources;
using CartoPlatform.WorkspaceApi.OAuth;
using CartoPlatform.WorkspaceApi.Requests;
using CartoPlatform.WorkspaceApi.Sealing;
using CartoPlatform.WorkspaceApi.SignIn;
using CartoPlatform.WorkspaceApi.Tokens;
using CartoPlatform.WorkspaceApi.Users;
using CartoPlatform.WorkspaceApi.Visibility;
using CartoPlatform.WorkspaceClient;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace CartoPlatform.WorkspaceApi;

public static class WorkspaceApiModule
{
    /// <summary>
    /// The Workspace API. It also makes itself the <see cref="IWorkspaceDirectory"/> of its process, with the platform's cache in front.
    /// </summary>
    /// <param name="builder">Of the process.</param>
    /// <param name="isAlone">Whether this process is all of the platform: then nobody else remembers what it changes.</param>
    public static WebApplicationBuilder AddWorkspaceApi(this WebApplicationBuilder builder, bool isAlone = false)
    {
        builder.AddPlatformAuth();
        builder.AddPostGis();
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        AddOptions(services);
        services.AddMetadataDatabase().AddSingleton<MigrationRunner>();
        services.AddSingleton<KeyRing>().AddSingleton<SecretBox>().AddSingleton<TokenStore>().AddSingleton<ConnectionStore>().AddSingleton<MapDefinitionStore>();
        services.AddSingleton<AuditLog>().AddSingleton(new Surroundings(isAlone)).AddSingleton<ChangeVisibility>().AddSingleton<TokenAdministration>();
        services.AddSingleton<NamedSourceStore>().AddSingleton<NamedSourceAdministration>();
        services.AddSingleton<ConnectionTargets>().AddSingleton<DatabaseProbe>().AddSingleton<LoginRights>().AddSingleton<IConnectionProvider, PostgresProvider>().AddSingleton<ConnectionProviders>().AddSingleton<ConnectionAdministration>().AddSingleton<ConnectionAttempts>();
        services.AddExceptionHandler<SealedElsewhereException.Handler>();
        services.AddSingleton<KeyRotation>();
        services.AddSingleton<PlatformTokens>().AddSingleton<PlatformBootstrap>().AddHostedService<PlatformStart>();
        services.AddActivity();
        services.AddMaps().AddUsers().AddSignIn().AddOAuth();
        services.AddSingleton<LocalWorkspaceDirectory>();
        services.AddSingleton<LocalAuditTrail>().AddSingleton<IAuditTrail>(provider => provider.GetRequiredService<LocalAuditTrail>());
        services.AddWorkspaceDirectory(provider => provider.GetRequiredService<LocalWorkspaceDirectory>());
        services.AddHealthChecks().AddCheck<MetadataHealthCheck>("metadata").AddCheck<ConnectionsHealthCheck>("connections", tags: [HealthDetails.Named]);
        return builder;
    }

    public static IEndpointRouteBuilder MapWorkspaceApi(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("").AnswerHead();
        api.MapTokens();
        api.MapNamedSources();
        api.MapConnections();
        api.MapAudit();
        api.MapActivity();
        api.MapPublicMaps();
        api.MapMapAdministration();
        api.MapUsers();
        api.MapSignIn();
        api.MapOAuth();
        api.MapKeyRotation();
        api.MapDemo();
        routes.MapInternal();
        return routes;
    }

    private static void AddOptions(IServiceCollection services)
    {
        services.AddInternalKeyOptions();
        services.AddSingleton<IPostConfigureOptions<MasterKeyOptions>, MasterKeyOptions.FilePlace>();
        services.AddOptions<MasterKeyOptions>().BindConfiguration(MasterKeyOptions.Section)
            .Validate(options => options.IsValid(), MasterKeyOptions.Rule).ValidateOnStart();
        services.AddSingleton<IValidateOptions<BootstrapOptions>, BootstrapOptionsValidator>();
        services.AddOptions<BootstrapOptions>().BindConfiguration(BootstrapOptions.Section).ValidateOnStart();
        services.AddOptions<ConnectionTargetOptions>().BindConfiguration(ConnectionTargetOptions.Section)
            .Validate(options => options.IsValid(), ConnectionTargetOptions.Rule).ValidateOnStart();
        services.AddOptions<DemoOptions>().BindConfiguration(DemoOptions.Section);
    }
}
