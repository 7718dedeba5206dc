using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace CartoPlatform.ServiceDefaults.Errors;

public static class ErrorHandlingExtensions
{
    internal static void AddPlatformErrors(this WebApplicationBuilder builder)
    {
        builder.Services.AddExceptionHandler<BadRequestExceptionHandler>();
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
    }

    /// <summary>
    /// Gives every answer without a body (404 and 405 of the router, 413, 429) and every unhandled exception the contract's shape.
    /// Exception handlers of the modules run first; what nobody handles is a bug: logged by the middleware, and told as 500 without detail.
    /// </summary>
    internal static void UsePlatformErrors(this WebApplication app)
    {
        app.UseExceptionAnswers();
        app.Use(static (context, next) =>
        {
            if (PackedBodies.IsPacked(context.Request)) return PackedBodies.RefuseAsync(context);

            // The framework's own middleware allocates for every answer, and answers from memory pass here.
            var answering = next(context);
            return answering.IsCompletedSuccessfully ? CompleteAsync(context) : AwaitAsync(context, answering);
        });
    }

    private static async Task AwaitAsync(HttpContext context, Task answering)
    {
        await answering;
        await CompleteAsync(context);
    }

    private static Task CompleteAsync(HttpContext context)
    {
        var response = context.Response;
        return response.StatusCode is < StatusCodes.Status400BadRequest or > 599 || response.HasStarted || response.ContentLength.HasValue || !string.IsNullOrEmpty(response.ContentType)
            ? Task.CompletedTask
            : ErrorWriter.WriteAsync(context, FromStatus(response.StatusCode, context.Request));
    }

    /// <summary>Turns exceptions of what follows into answers.</summary>
    public static IApplicationBuilder UseExceptionAnswers(this IApplicationBuilder app) => app.UseExceptionHandler(new ExceptionHandlerOptions
    {
        AllowStatusCode404Response = true,
        ExceptionHandler = context => ErrorWriter.WriteAsync(
            context, new ApiError(StatusCodes.Status500InternalServerError, "Internal error")),
    });

    private static ApiError FromStatus(int status, HttpRequest request) => status switch
    {
        StatusCodes.Status401Unauthorized => new(status, "Token not defined"),
        StatusCodes.Status403Forbidden => ApiError.Forbidden(),
        StatusCodes.Status404NotFound => new(status, $"There is nothing at {request.Path}"),
        StatusCodes.Status405MethodNotAllowed => new(status, $"{request.Method} is not allowed at {request.Path}"),
        StatusCodes.Status413PayloadTooLarge => new(status, "The request body is too large"),
        StatusCodes.Status415UnsupportedMediaType => new(status, "The content type of the request body is not supported"),
        StatusCodes.Status429TooManyRequests => new(status, "Too many requests"),
        StatusCodes.Status502BadGateway => new(status, "A service behind this one could not be reached"),
        StatusCodes.Status503ServiceUnavailable => new(status, "The service is not available at the moment"),
        StatusCodes.Status504GatewayTimeout => new(status, "A service behind this one took too long"),
        _ => new(status, Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status)),
    };
}
