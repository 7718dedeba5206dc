using System.Globalization;
using System.Net;
using Npgsql;

namespace CartoPlatform.PostGis.Connections;

/// <summary>The socket that a server on loopback has in the file system beside its port.</summary>
internal static class LocalSocket
{
    /// <summary>Leads a connection to loopback by the socket of that port in this folder, if there is one.</summary>
    public static void Use(NpgsqlConnectionStringBuilder connection, string? folder)
    {
        if (folder is null || !IPAddress.TryParse(connection.Host, out var address) || !IPAddress.IsLoopback(address)) return;
        // Who wants TLS wants what it proves, which a socket has none of.
        if (connection.SslMode is SslMode.Require or SslMode.VerifyCA or SslMode.VerifyFull) return;
        if (File.Exists(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $".s.PGSQL.{connection.Port}")))) connection.Host = folder;
    }
}
