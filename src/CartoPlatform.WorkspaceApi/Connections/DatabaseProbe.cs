using System.Security.Authentication;
using CartoPlatform.PostGis.Connections;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.Connections;

/// <summary>Asks the database of a connection whether it lets us in.</summary>
internal static class DatabaseProbe
{
    /// <summary>Whole seconds, shorter than those who ask for our health wait.</summary>
    private const int LimitSeconds = 3;

    /// <summary>
    /// Null when it does. The reason is for everybody who can reach the platform: no address, no login, no words of the server, which
    /// may name them.
    /// </summary>
    public static async Task<string?> FindProblemAsync(string connectionString, CancellationToken cancellationToken)
    {
        // Not from the pool: that may hold connections to a server that takes no new ones, and be empty while ours are busy.
        var settings = new NpgsqlConnectionStringBuilder(ClearText.Refuse(connectionString))
        {
            Pooling = false,
            Timeout = LimitSeconds,
            ApplicationName = "carto health",
        };
        try
        {
            await using var connection = new NpgsqlConnection(settings.ConnectionString);
            await connection.OpenAsync(cancellationToken);
            return null;
        }
        catch (PostgresException exception)
        {
            return exception.SqlState switch
            {
                PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => "it refuses the login",
                PostgresErrorCodes.InvalidCatalogName => "the server has no such database",
                PostgresErrorCodes.CannotConnectNow => "it is starting or stopping",
                PostgresErrorCodes.TooManyConnections => "it takes no more connections",
                var state => $"it refuses the connection (SQLSTATE {state})",
            };
        }
        catch (NpgsqlException exception)
        {
            return exception switch
            {
                { InnerException: TimeoutException } => $"no answer within {LimitSeconds} s",
                { InnerException: AuthenticationException } => "its TLS certificate is not accepted, which sslmode asks for",
                // Npgsql has no type for it.
                _ when exception.Message.StartsWith("SSL connection requested", StringComparison.Ordinal) => "it offers no TLS, which sslmode asks for",
                _ => "it cannot be reached",
            };
        }
    }
}
