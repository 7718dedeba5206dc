using CartoPlatform.EmbeddedPostGis.Provisioning;
using CartoPlatform.EmbeddedPostGis.Secrets;
using Npgsql;

namespace CartoPlatform.EmbeddedPostGis.Clusters;

/// <summary>How to reach the databases of a cluster, as each of its roles.</summary>
public sealed class ClusterConnections(int port, SecretFolder secrets)
{
    public const string Host = "127.0.0.1";

    public int Port => port;

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
            return $"postgresql://{owner.Name}:{Uri.EscapeDataString(owner.Password)}@{Host}:{port}/{PlatformLogins.DataDatabase}";
        }
    }

    private string For(Login login, string database) => new NpgsqlConnectionStringBuilder
    {
        Host = Host,
        Port = port,
        Database = database,
        Username = login.Name,
        Password = login.Password,
    }.ConnectionString;
}
