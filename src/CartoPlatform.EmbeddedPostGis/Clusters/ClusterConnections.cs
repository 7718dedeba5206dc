using CartoPlatform.EmbeddedPostGis.Provisioning;
using CartoPlatform.EmbeddedPostGis.Secrets;
using Npgsql;

namespace CartoPlatform.EmbeddedPostGis.Clusters;

/// <summary>How to reach the databases of a cluster, as each of its roles.</summary>
/// <param name="server">Where it is, and how to speak to it; without a login.</param>
/// <param name="secrets">The passwords of the roles.</param>
public sealed class ClusterConnections(NpgsqlConnectionStringBuilder server, SecretFolder secrets)
{
    public const string Host = "127.0.0.1";

    /// <summary>The embedded cluster.</summary>
    public ClusterConnections(int port, SecretFolder secrets)
        : this(new NpgsqlConnectionStringBuilder { Host = Host, Port = port }, secrets)
    {
    }

    public int Port => server.Port;

    public string Owner => For(PlatformLogins.Owner(secrets), PlatformLogins.DataDatabase);

    public string Reader => For(PlatformLogins.Reader(secrets), PlatformLogins.DataDatabase);

    public string Metadata => For(PlatformLogins.Metadata(secrets), PlatformLogins.MetadataDatabase);

    public string Admin(string database) => For(PlatformLogins.Admin(secrets), database);

    /// <summary>The owner's connection as programs on libpq take it (psql, GDAL, most languages).</summary>
    public string OwnerUri
    {
        get
        {
            var owner = PlatformLogins.Owner(secrets);
            var mode = LibpqVariables.SslModeOf(server) is { } named ? $"?sslmode={named}" : "";
            return $"postgresql://{owner.Name}:{Uri.EscapeDataString(owner.Password)}@{server.Host}:{server.Port}/{PlatformLogins.DataDatabase}{mode}";
        }
    }

    private string For(Login login, string database) => new NpgsqlConnectionStringBuilder(server.ConnectionString)
    {
        Database = database,
        Username = login.Name,
        Password = login.Password,
    }.ConnectionString;
}
