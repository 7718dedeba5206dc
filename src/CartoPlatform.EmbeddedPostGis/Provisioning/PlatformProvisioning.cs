using CartoPlatform.EmbeddedPostGis.Clusters;
using CartoPlatform.EmbeddedPostGis.Secrets;
using Npgsql;

namespace CartoPlatform.EmbeddedPostGis.Provisioning;

/// <summary>Brings the roles and databases of a server to what this version of the platform wants.</summary>
public static class PlatformProvisioning
{
    /// <summary>For an embedded cluster, which is ours as a whole. Runs at each start.</summary>
    internal static async Task EnsureAsync(ClusterConnections connections, SecretFolder secrets, CancellationToken cancellationToken)
    {
        await using var server = Unpooled(connections.Admin("postgres"));
        try
        {
            await server.ExecuteAsync("REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC", cancellationToken);
            await EnsureDatabasesAsync(connections, secrets, cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InvalidPassword)
        {
            throw new ClusterException($"The database does not know the password in {secrets.PathOf("postgres-admin")}: bring that file back from a copy of the data folder.", exception);
        }
    }

    /// <summary>The platform's own roles and databases, on a server that may hold others.</summary>
    public static async Task EnsureDatabasesAsync(ClusterConnections connections, SecretFolder secrets, CancellationToken cancellationToken)
    {
        await using var server = Unpooled(connections.Admin("postgres"));
        await using var data = Unpooled(connections.Admin(PlatformLogins.DataDatabase));
        await EnsureMetadataAsync(server, PlatformLogins.Metadata(secrets), cancellationToken);
        await new DataDatabase(PlatformLogins.DataDatabase, PlatformLogins.Owner(secrets), PlatformLogins.Reader(secrets)).EnsureAsync(server, data, cancellationToken);
    }

    private static async Task EnsureMetadataAsync(NpgsqlDataSource server, Login owner, CancellationToken cancellationToken)
    {
        await Roles.EnsureAsync(server, owner, cancellationToken);
        await Databases.EnsureAsync(server, PlatformLogins.MetadataDatabase, owner.Name, cancellationToken);
    }

    /// <summary>A superuser's connection is not kept open.</summary>
    private static NpgsqlDataSource Unpooled(string connectionString) =>
        NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
}
