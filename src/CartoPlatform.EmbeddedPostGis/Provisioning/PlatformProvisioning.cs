using CartoPlatform.EmbeddedPostGis.Clusters;
using CartoPlatform.EmbeddedPostGis.Secrets;
using Npgsql;

namespace CartoPlatform.EmbeddedPostGis.Provisioning;

/// <summary>Brings the roles and databases of an embedded cluster to what this version of the platform wants. Runs at each start.</summary>
internal static class PlatformProvisioning
{
    public static async Task EnsureAsync(ClusterConnections connections, SecretFolder secrets, CancellationToken cancellationToken)
    {
        await using var server = Unpooled(connections.Admin("postgres"));
        await using var data = Unpooled(connections.Admin(PlatformLogins.DataDatabase));
        try
        {
            await server.ExecuteAsync("REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC", cancellationToken);
            await EnsureMetadataAsync(server, PlatformLogins.Metadata(secrets), cancellationToken);
            await new DataDatabase(PlatformLogins.DataDatabase, PlatformLogins.Owner(secrets), PlatformLogins.Reader(secrets))
                .EnsureAsync(server, data, cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InvalidPassword)
        {
            throw new ClusterException($"The database does not know the password in {secrets.PathOf("postgres-admin")}: bring that file back from a copy of the data folder.", exception);
        }
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
