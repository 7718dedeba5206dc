using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.WorkspaceClient;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CartoPlatform.Auth;

/// <summary>Answers 503 for what neither the Workspace API nor the memory of this process can tell.</summary>
internal sealed partial class WorkspaceUnavailableHandler(ILogger<WorkspaceUnavailableHandler> logger) : IExceptionHandler
{
    private const string RetryAfterSeconds = "1";

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not WorkspaceUnavailableException unavailable) return false;
        // The middleware is silent about what a handler has answered.
        LogUnavailable(unavailable.Message);
        if (!httpContext.Response.HasStarted) httpContext.Response.Headers.RetryAfter = RetryAfterSeconds;
        await ErrorWriter.WriteAsync(
            httpContext, new ApiError(StatusCodes.Status503ServiceUnavailable, "The workspace service is not available at the moment"));
        return true;
    }

    [LoggerMessage(5101, LogLevel.Warning, "A request was answered 503: {Reason}")]
    private partial void LogUnavailable(string reason);
}
