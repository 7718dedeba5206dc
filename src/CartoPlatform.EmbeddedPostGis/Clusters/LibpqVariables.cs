using System.Globalization;
using Npgsql;

namespace CartoPlatform.EmbeddedPostGis.Clusters;

/// <summary>A connection string as the variables that PostgreSQL's own programs read.</summary>
public static class LibpqVariables
{
    private const string Prefix = "PG";

    /// <summary>Puts them into a process's environment, and takes the caller's own out of it: they must not steer it elsewhere.</summary>
    public static void Set(IDictionary<string, string?> environment, NpgsqlConnectionStringBuilder connection)
    {
        foreach (var name in environment.Keys.Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).ToArray()) environment.Remove(name);
        environment["PGHOST"] = connection.Host;
        environment["PGPORT"] = connection.Port.ToString(CultureInfo.InvariantCulture);
        environment["PGDATABASE"] = connection.Database;
        environment["PGUSER"] = connection.Username;
        environment["PGPASSWORD"] = connection.Password;
        if (SslModeOf(connection) is { } mode) environment["PGSSLMODE"] = mode;
        if (connection.RootCertificate is { Length: > 0 } root) environment["PGSSLROOTCERT"] = root;
    }

    /// <summary>Null where it is left to the program, which takes TLS where it can be had.</summary>
    internal static string? SslModeOf(NpgsqlConnectionStringBuilder connection) => connection.SslMode switch
    {
        SslMode.Disable => "disable",
        SslMode.Require => "require",
        SslMode.VerifyCA => "verify-ca",
        SslMode.VerifyFull => "verify-full",
        _ => null,
    };
}
