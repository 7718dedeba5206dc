using System.Security.Authentication;
using CartoPlatform.PostGis.Dialling;
using Npgsql;

namespace CartoPlatform.WorkspaceApi.Connections;

/// <summary>Asks the database of a connection whether it lets us in.</summary>
internal sealed class DatabaseProbe(ConnectionTargets targets)
{
    /// <summary>Whole seconds, shorter than those who ask for our health wait.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Null when it does. The reason is for everybody who can reach the platform: no address, no login, no words of the server, which
    /// may name them.
    /// </summary>
    public async Task<string?> FindProblemAsync(string connectionString, IReadOnlyList<string> trustedHosts, CancellationToken cancellationToken)
    {
        try
        {
            await using var database = await targets.FindAsync(connectionString, trustedHosts, Limit, cancellationToken);
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
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
                RefusedAddressException => "its address is one that connections may not lead to",
                { InnerException: TimeoutException } => $"no answer within {Limit.TotalSeconds} s",
                { InnerException: AuthenticationException } => "its TLS certificate is not accepted, which sslmode asks for",
                // Npgsql has no type for it.
                _ when exception.Message.StartsWith("SSL connection requested", StringComparison.Ordinal) => "it offers no TLS, which sslmode asks for",
                _ => "it cannot be reached",
            };
        }
    }
}
