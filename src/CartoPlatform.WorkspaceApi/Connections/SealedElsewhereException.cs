using CartoPlatform.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Diagnostics;

namespace CartoPlatform.WorkspaceApi.Connections;

/// <summary>The key that a connection's credentials were sealed under is not among those of this platform.</summary>
internal sealed class SealedElsewhereException(string connection) : InvalidOperationException(
    $"The credentials of connection {connection} were sealed under another key: Platform:MasterKey (or Platform:InternalKey, without one) has changed")
{
    public string Connection => connection;

    /// <summary>Answers 503: with the key, or with its settings given anew, the connection works again.</summary>
    internal sealed class Handler : IExceptionHandler
    {
        public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
        {
            if (exception is not SealedElsewhereException elsewhere) return false;
            await ErrorWriter.WriteAsync(httpContext, new ApiError(
                StatusCodes.Status503ServiceUnavailable,
                $"The connection {elsewhere.Connection} cannot be used: its credentials were sealed under a key that this platform does not have"));
            return true;
        }
    }
}
