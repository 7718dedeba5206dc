using Microsoft.AspNetCore.Http;

namespace CartoPlatform.ServiceDefaults.Errors;

/// <summary>
/// An error answer of the platform: <c>{"error": "…", …}</c> (contract, section 1.8). Everything that answers an error, endpoint,
/// middleware or exception handler, makes one of these, so that the shape and the CORS headers come from one place.
/// </summary>
/// <param name="Status">HTTP status, 400 to 599.</param>
/// <param name="Error">Text for the caller; never SQL text, connection strings or stack traces.</param>
public sealed record ApiError(int Status, string Error) : IResult
{
    /// <summary>Members beside <c>error</c>, such as <c>column_name</c>.</summary>
    public IReadOnlyDictionary<string, object?> Details { get; init; } = new Dictionary<string, object?>();

    /// <summary>After how many seconds it makes sense to ask again (RFC 9110, 10.2.3).</summary>
    public int? RetryAfter { get; init; }

    public Task ExecuteAsync(HttpContext httpContext) => ErrorWriter.WriteAsync(httpContext, this);

    public static ApiError BadRequest(string error) => new(StatusCodes.Status400BadRequest, error);

    public static ApiError NotFound(string error) => new(StatusCodes.Status404NotFound, error);

    public static ApiError Forbidden(string error = "You don't have permissions to read this resource") => new(StatusCodes.Status403Forbidden, error);

    public static ApiError ColumnNotFound(string column) =>
        BadRequest("Column not found") with { Details = new Dictionary<string, object?> { ["column_name"] = column } };

    public static ApiError NotImplemented(string what) =>
        new(StatusCodes.Status501NotImplemented, $"{what} is not implemented yet");
}
