using CartoPlatform.AppHost;

var builder = DistributedApplication.CreateBuilder(args);
var topology = builder.Configuration["topology"] ?? "standard";
switch (topology)
{
    case "standard":
        AddStandard(builder);
        break;
    case "services":
        AddServices(builder);
        break;
    case "tier1":
        AddTier1(builder);
        break;
    case "tier2":
        AddTier2(builder);
        break;
    case "tier3":
        AddTier3(builder);
        break;
    case var unknown:
        await Console.Error.WriteLineAsync($"There is no topology '{unknown}': use --topology standard, tier1, tier2, tier3 or services.");
        return 2;
}

await builder.WithDeploymentFiles(topology).Build().RunAsync();
return Environment.ExitCode;

// Everything in one process.
static void AddStandard(IDistributedApplicationBuilder builder)
{
    var databases = builder.AddDatabases();
    var secrets = builder.AddPlatformSecrets();

    builder.AddService<Projects.CartoPlatform_Standalone>("standalone", secrets)
        .WithTokens(secrets)
        .WithMetadata(databases).WithBootstrap(databases).WaitFor(databases)
        .WithPublicPort();
}

// Everything in one process; the database is of another machine: give its connection strings.
static void AddTier1(IDistributedApplicationBuilder builder)
{
    var databases = builder.AddDatabases();
    var secrets = builder.AddPlatformSecrets();

    builder.AddService<Projects.CartoPlatform_Standalone>("standalone", secrets)
        .WithTokens(secrets)
        .WithMetadata(databases).WithBootstrap(databases).WaitFor(databases)
        .WithPublicPort();
}

// Every service a process of its own.
static void AddServices(IDistributedApplicationBuilder builder)
{
    // Stores
    var databases = builder.AddDatabases();
    var secrets = builder.AddPlatformSecrets();

    // App layer
    var workspaceApi = builder.AddService<Projects.CartoPlatform_WorkspaceApi>("workspace-api", secrets).BehindOurs()
        .WithTokens(secrets)
        .WithMetadata(databases).WithBootstrap(databases).WaitFor(databases);

    var mapsApi = builder.AddService<Projects.CartoPlatform_MapsApi>("maps-api", secrets).BehindOurs()
        .WithTokens(secrets)
        .WithWorkspace(workspaceApi).WaitFor(workspaceApi)
        .WithReferenceRelationship(databases.Reader);

    var sqlApi = builder.AddService<Projects.CartoPlatform_SqlApi>("sql-api", secrets).BehindOurs()
        .WithTokens(secrets)
        .WithWorkspace(workspaceApi).WaitFor(workspaceApi)
        .WithMetadata(databases)
        .WithReferenceRelationship(databases.Reader)
        .WithReferenceRelationship(databases.Owner);

    builder.AddService<Projects.CartoPlatform_Worker>("worker", secrets).BehindOurs()
        .WithWorkspace(workspaceApi).WaitFor(workspaceApi)
        .WithMetadata(databases);

    // Web layer
    var cache = builder.AddService<Projects.CartoPlatform_Cache>("cache", secrets).BehindOurs()
        .WithTokens(secrets)
        .WithWorkspace(workspaceApi)
        .WithUrlOf(mapsApi, "Cache__MapsApi").WaitFor(mapsApi)
        .WithUrlOf(sqlApi, "Cache__SqlApi").WaitFor(sqlApi)
        .WithVersionFeed(mapsApi);

    builder.AddService<Projects.CartoPlatform_Edge>("edge", secrets)
        .WithTokens(secrets)
        .WithWorkspace(workspaceApi)
        .WithUrlOf(cache, "Edge__Cache").WaitFor(cache)
        .WithUrlOf(mapsApi, "Edge__MapsApi")
        .WithUrlOf(sqlApi, "Edge__SqlApi")
        .WithUrlOf(workspaceApi, "Edge__WorkspaceApi").WaitFor(workspaceApi)
        .WithVersionFeed(mapsApi)
        .WithPublicPort();
}

// Three zones. Which network a service is on is for where it is deployed to; here all of them are processes of one machine.
static void AddTier2(IDistributedApplicationBuilder builder)
{
    // Stores
    var databases = builder.AddDatabases();
    var secrets = builder.AddPlatformSecrets();
    var redis = builder.AddRedisOf(secrets);

    // App layer
    var workspaceApi = builder.AddService<Projects.CartoPlatform_WorkspaceApi>("workspace-api", secrets).BehindOurs()
        .WithTokens(secrets)
        .WithMetadata(databases).WithBootstrap(databases).WaitFor(databases);

    var mapsApi = builder.AddService<Projects.CartoPlatform_MapsApi>("maps-api", secrets).BehindOurs()
        .WithTokens(secrets)
        .WithWorkspace(workspaceApi).WaitFor(workspaceApi)
        .WithReferenceRelationship(databases.Reader);

    var sqlApi = builder.AddService<Projects.CartoPlatform_SqlApi>("sql-api", secrets).BehindOurs()
        .WithTokens(secrets)
        .WithWorkspace(workspaceApi).WaitFor(workspaceApi)
        .WithMetadata(databases)
        .WithReferenceRelationship(databases.Reader)
        .WithReferenceRelationship(databases.Owner);

    builder.AddService<Projects.CartoPlatform_Worker>("worker", secrets).BehindOurs()
        .WithWorkspace(workspaceApi).WaitFor(workspaceApi)
        .WithMetadata(databases);

    // Web layer
    var cache = builder.AddService<Projects.CartoPlatform_Cache>("cache", secrets).BehindOurs()
        .WithTokens(secrets).WithRedis(redis, secrets)
        .WithWorkspace(workspaceApi)
        .WithUrlOf(mapsApi, "Cache__MapsApi").WaitFor(mapsApi)
        .WithUrlOf(sqlApi, "Cache__SqlApi").WaitFor(sqlApi)
        .WithVersionFeed(mapsApi);

    builder.AddService<Projects.CartoPlatform_Edge>("edge", secrets)
        .WithTokens(secrets).WithRedis(redis, secrets)
        .WithWorkspace(workspaceApi)
        .WithUrlOf(cache, "Edge__Cache").WaitFor(cache)
        .WithUrlOf(mapsApi, "Edge__MapsApi")
        .WithUrlOf(sqlApi, "Edge__SqlApi")
        .WithUrlOf(workspaceApi, "Edge__WorkspaceApi").WaitFor(workspaceApi)
        .WithVersionFeed(mapsApi)
        .WithPublicPort();
}

// Pools of everything that can be several. Aspire stands in front of each pool, as Kubernetes would, so that no service sees the others' replicas.
static void AddTier3(IDistributedApplicationBuilder builder)
{
    // Stores
    var databases = builder.AddDatabases();
    var secrets = builder.AddPlatformSecrets();
    var redis = builder.AddRedisOf(secrets);

    // App layer
    var workspaceApi = builder.AddService<Projects.CartoPlatform_WorkspaceApi>("workspace-api", secrets).BehindOurs().AsPool(2)
        .WithTokens(secrets)
        .WithMetadata(databases).WithBootstrap(databases).WaitFor(databases);

    var mapsApi = builder.AddService<Projects.CartoPlatform_MapsApi>("maps-api", secrets).BehindOurs().AsPool(2)
        .WithTokens(secrets)
        .WithWorkspace(workspaceApi).WaitFor(workspaceApi)
        .WithReferenceRelationship(databases.Reader);

    var sqlApi = builder.AddService<Projects.CartoPlatform_SqlApi>("sql-api", secrets).BehindOurs().AsPool(2)
        .WithTokens(secrets)
        .WithWorkspace(workspaceApi).WaitFor(workspaceApi)
        .WithMetadata(databases)
        .WithReferenceRelationship(databases.Reader)
        .WithReferenceRelationship(databases.Owner);

    builder.AddService<Projects.CartoPlatform_Worker>("worker", secrets).BehindOurs().AsPool(2)
        .WithWorkspace(workspaceApi).WaitFor(workspaceApi)
        .WithMetadata(databases);

    // Web layer
    var cache = builder.AddService<Projects.CartoPlatform_Cache>("cache", secrets).BehindOurs().AsPool(2)
        .WithTokens(secrets).WithRedis(redis, secrets)
        .WithWorkspace(workspaceApi)
        .WithUrlOf(mapsApi, "Cache__MapsApi").WaitFor(mapsApi)
        .WithUrlOf(sqlApi, "Cache__SqlApi").WaitFor(sqlApi)
        .WithVersionFeed(mapsApi);

    var edge = builder.AddService<Projects.CartoPlatform_Edge>("edge", secrets).BehindOurs().AsPool(2)
        .WithTokens(secrets).WithRedis(redis, secrets)
        .WithWorkspace(workspaceApi)
        .WithUrlOf(cache, "Edge__Cache").WaitFor(cache)
        .WithUrlOf(mapsApi, "Edge__MapsApi")
        .WithUrlOf(sqlApi, "Edge__SqlApi")
        .WithUrlOf(workspaceApi, "Edge__WorkspaceApi").WaitFor(workspaceApi)
        .WithVersionFeed(mapsApi);

    builder.AddBalancer<Projects.CartoPlatform_Balancer>("balancer")
        .WithUrlOf(edge, "Balancer__Edge").WaitFor(edge)
        .WithPublicPort();
}
