using Microsoft.Extensions.Configuration;

namespace CartoPlatform.AppHost;

/// <summary>The logins that the platform uses on its databases.</summary>
/// <param name="Reader">Reads <c>carto_dw</c> and can do no more: user SQL runs under it.</param>
/// <param name="Owner">Owns <c>carto_dw</c>: statements that may write.</param>
/// <param name="Metadata">Owns <c>carto_platform</c>.</param>
/// <param name="Container">What serves them all; null where connection strings were given.</param>
internal sealed record Databases(
    IResourceBuilder<IResourceWithConnectionString> Reader,
    IResourceBuilder<IResourceWithConnectionString> Owner,
    IResourceBuilder<IResourceWithConnectionString> Metadata,
    IResourceBuilder<PostgresServerResource>? Container = null);

internal static class DatabasesExtensions
{
    private const string Reader = "reader";
    private const string Owner = "owner";
    private const string Metadata = "metadata";

    /// <summary>A PostGIS container, unless the configuration has connection strings of these names: then it must have all three.</summary>
    public static Databases AddDatabases(this IDistributedApplicationBuilder builder) =>
        new[] { Reader, Owner, Metadata }.Any(name => builder.Configuration.GetConnectionString(name) is not null)
            ? new Databases(builder.AddConnectionString(Reader), builder.AddConnectionString(Owner), builder.AddConnectionString(Metadata))
            : builder.AddPostGisContainer();

    private static Databases AddPostGisContainer(this IDistributedApplicationBuilder builder)
    {
        var reader = builder.AddSecret("reader-password");
        var owner = builder.AddSecret("owner-password");
        var metadata = builder.AddSecret("metadata-password");
        var postgis = builder.AddPostgres("postgis", builder.AddParameter("postgis-admin", "carto_admin"), builder.AddSecret("postgis-password"))
            .WithImage(builder.Configuration["CARTO_POSTGIS_IMAGE"] ?? "postgis/postgis:17-3.5")
            .WithDataVolume()
            // Roles, rights and databases; the image runs it once, on an empty volume.
            .WithInitFiles("../deploy/postgis/init")
            .WithEnvironment("CARTO_READER_PASSWORD", reader)
            .WithEnvironment("CARTO_OWNER_PASSWORD", owner)
            .WithEnvironment("CARTO_PLATFORM_PASSWORD", metadata)
            // Tiles are many short queries: compiling one costs more than running it.
            .WithArgs("-c", "jit=off", "-c", "random_page_cost=1.1", "-c", "shared_preload_libraries=pg_stat_statements")
            // The 64 MB that containers get are too few for parallel queries.
            .WithContainerRuntimeArgs("--shm-size=512m");

        return new Databases(
            postgis.AddLogin(Reader, "carto_reader", reader, "carto_dw"),
            postgis.AddLogin(Owner, "carto_owner", owner, "carto_dw"),
            postgis.AddLogin(Metadata, "carto_platform", metadata, "carto_platform"),
            postgis);
    }

    private static IResourceBuilder<ConnectionStringResource> AddLogin(
        this IResourceBuilder<PostgresServerResource> server, string name, string role, IResourceBuilder<ParameterResource> password, string database) =>
        server.ApplicationBuilder.AddConnectionString(name, ReferenceExpression.Create(
            $"Host={server.Resource.Host};Port={server.Resource.Port};Username={role};Password={password};Database={database}"));
}
