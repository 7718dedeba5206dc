using CartoPlatform.Auth.Administration;
using CartoPlatform.Auth.Attempts;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.WorkspaceApi.Connections.Providers;

namespace CartoPlatform.WorkspaceApi.Connections;

/// <summary>
/// Slows those down who try settings that somebody else knows: the password of a database, or what there is behind an address. Counted are
/// the settings that did not work, by who tries them and from where.
/// </summary>
internal sealed class ConnectionAttempts(AttemptLimiter attempts)
{
    private static readonly ApiError TooMany =
        new(StatusCodes.Status429TooManyRequests, "Too many settings that do not work; try again in a minute") { RetryAfter = AttemptLimiter.WindowSeconds };

    public async Task<(ConnectionTest? Test, ApiError? Error)> TryAsync(
        HttpContext context, IConnectionProvider provider, ConnectionCredentials credentials, IReadOnlyList<string> trustedHosts, CancellationToken cancellationToken)
    {
        var key = AttemptLimiter.KeyOf($"connection/{context.GetActor().Id}", context.Connection.RemoteIpAddress);
        if (!attempts.TryBegin(key)) return (null, TooMany);
        var test = await provider.TestAsync(credentials, trustedHosts, cancellationToken);
        if (test.Problem is null) attempts.Forgive(key);
        return (test, null);
    }
}
