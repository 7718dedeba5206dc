using CartoPlatform.Contracts.Workspace;
using Npgsql;

namespace CartoPlatform.PostGis.Connections;

/// <summary>Passwords in clear text: a server may ask for them, and without TLS everybody on the way reads them.</summary>
public static class ClearText
{
    /// <summary>The same settings, which answer no such question where TLS is not required.</summary>
    public static string Refuse(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        if (settings.SslMode >= SslMode.Require || !string.IsNullOrEmpty(settings.RequireAuth)) return connectionString;
        settings.RequireAuth = "!Password";
        return settings.ConnectionString;
    }

    /// <summary>The same of all that a connection leads to.</summary>
    internal static ConnectionRecord Refuse(ConnectionRecord connection) => connection with
    {
        ReaderConnectionString = Refuse(connection.ReaderConnectionString),
        WriterConnectionString = connection.WriterConnectionString is { } writer ? Refuse(writer) : null,
        ReplicaConnectionStrings = [.. connection.ReplicaConnectionStrings.Select(Refuse)],
    };
}
