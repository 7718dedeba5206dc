using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace CartoPlatform.ServiceDefaults.Errors;

/// <summary>Answers what the framework could not bind (malformed JSON, a body over the limit), and ends requests whose client has left.</summary>
internal sealed class BadRequestExceptionHandler : IExceptionHandler
{
    // nginx's word for it; the client never sees it, the request log does.
    private const int ClientClosedRequest = 499;

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        switch (exception)
        {
            case BadHttpRequestException badRequest:
                await ErrorWriter.WriteAsync(httpContext, new ApiError(badRequest.StatusCode, Explain(badRequest)));
                return true;

            // Kestrel's word for a chunk whose size no number holds.
            case IOException { InnerException: OverflowException }:
                await ErrorWriter.WriteAsync(httpContext, ApiError.BadRequest("The request body is not in valid chunks"));
                return true;

            case OperationCanceledException or IOException when httpContext.RequestAborted.IsCancellationRequested:
                if (!httpContext.Response.HasStarted) httpContext.Response.StatusCode = ClientClosedRequest;
                return true;

            default:
                return false;
        }
    }

    private static string Explain(BadHttpRequestException exception) => exception switch
    {
        { StatusCode: StatusCodes.Status413PayloadTooLarge } => "The request body is too large",
        { InnerException: JsonException } => "The request body is not valid JSON",
        _ => exception.Message,
    };
}
