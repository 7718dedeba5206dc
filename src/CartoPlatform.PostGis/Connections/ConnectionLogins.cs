using System.Security.Cryptography;
using System.Text;
using CartoPlatform.Contracts.Workspace;

namespace CartoPlatform.PostGis.Connections;

/// <summary>A connection as one of its further logins has it.</summary>
public static class ConnectionLogins
{
    /// <summary>
    /// The connection for this login, with an id of its own: whatever is remembered of a connection is remembered by its id, so that what
    /// one login has seen is never another's. Null where the connection has no such login.
    /// </summary>
    /// <param name="connection">The connection.</param>
    /// <param name="login">Its name; null is the connection's own.</param>
    public static ConnectionRecord? For(ConnectionRecord connection, string? login)
    {
        if (login is null) return connection;
        if (connection.Logins.FirstOrDefault(known => known.Name == login) is not { } found) return null;
        return connection with
        {
            Id = IdOf(connection.Id, login),
            ReaderConnectionString = found.ReaderConnectionString,
            WriterConnectionString = null,
            ReplicaConnectionStrings = found.ReplicaConnectionStrings,
            Logins = [],
        };
    }

    private static Guid IdOf(Guid connection, string login) =>
        new(SHA256.HashData([.. connection.ToByteArray(), .. Encoding.UTF8.GetBytes(login)]).AsSpan(0, 16));
}
