using Npgsql;

namespace CartoPlatform.Testing.Platform;

/// <summary>The metadata database of a platform with an embedded server, past the platform.</summary>
public static class MetadataAccess
{
    /// <summary>A pool with the rights of its owner.</summary>
    public static NpgsqlDataSource Open(PlatformStatus status)
    {
        var uri = new Uri(status.Postgres);
        return NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder
        {
            Host = uri.Host,
            Port = uri.Port,
            Username = "carto_platform",
            Password = File.ReadAllText(Path.Combine(status.DataDir, "secrets", "postgres-platform")).Trim(),
            Database = "carto_platform",
            Pooling = false,
        });
    }
}
