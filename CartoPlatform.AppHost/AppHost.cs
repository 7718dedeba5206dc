using CartoPlatform.AppHost;

var builder = DistributedApplication.CreateBuilder(args);
switch (builder.Configuration["topology"] ?? "standard")
{
    case "standard":
        AddStandard(builder);
        break;
    case "services":
        AddServices(builder);
        break;
    case var unknown:
        await Console.Error.WriteLineAsync($"There is no topology '{unknown}' here: use --topology standard or --topology services.");
        return 2;
}

await builder.Build().RunAsync();
return 0;

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

// Every service a process of its own.
static void AddServices(IDistributedApplicationBuilder builder)
{
    // Stores
    var databases = builder.AddDatabases();
    var secrets = builder.AddPlatformSecrets();

    // App layer
    var workspaceApi = builder.AddService<Projects.CartoPlatform_WorkspaceApi>("workspace-api", secrets)
        .WithTokens(secrets)
        .WithMetadata(databases).WithBootstrap(databases).WaitFor(databases);

    var mapsApi = builder.AddService<Projects.CartoPlatform_MapsApi>("maps-api", secrets)
        .WithTokens(secrets)
        .WithWorkspace(workspaceApi).WaitFor(workspaceApi)
        .WithReferenceRelationship(databases.Reader);

    var sqlApi = builder.AddService<Projects.CartoPlatform_SqlApi>("sql-api", secrets)
        .WithTokens(secrets)
        .WithWorkspace(workspaceApi).WaitFor(workspaceApi)
        .WithMetadata(databases)
        .WithReferenceRelationship(databases.Reader)
        .WithReferenceRelationship(databases.Owner);

    builder.AddService<Projects.CartoPlatform_Worker>("worker", secrets)
        .WithWorkspace(workspaceApi).WaitFor(workspaceApi)
        .WithMetadata(databases);

    // Web layer
    var cache = builder.AddService<Projects.CartoPlatform_Cache>("cache", secrets)
        .WithTokens(secrets)
        .WithWorkspace(workspaceApi)
        .WithUrlOf(mapsApi, "Cache__MapsApi").WaitFor(mapsApi)
        .WithUrlOf(sqlApi, "Cache__SqlApi").WaitFor(sqlApi);

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
