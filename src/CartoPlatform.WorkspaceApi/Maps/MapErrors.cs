using CartoPlatform.Auth.Attempts;
using CartoPlatform.ServiceDefaults.Errors;

namespace CartoPlatform.WorkspaceApi.Maps;

internal static class MapErrors
{
    public static readonly ApiError PasswordNeeded =
        new(StatusCodes.Status401Unauthorized, "This map asks for a password") { Details = new Dictionary<string, object?> { ["passwordRequired"] = true } };

    public static readonly ApiError WrongPassword =
        new(StatusCodes.Status401Unauthorized, "Wrong password") { Details = new Dictionary<string, object?> { ["passwordRequired"] = true } };

    public static readonly ApiError TooManyPasswords =
        new(StatusCodes.Status429TooManyRequests, "Too many wrong passwords for this map; try again in a minute") { RetryAfter = AttemptLimiter.WindowSeconds };

    /// <summary>To a client with a login or grants of its own.</summary>
    public static readonly ApiError TokenReadsMore = ApiError.Forbidden("The map's token may read more than this client: it goes on with its own");

    public static ApiError NotFound(string id) => ApiError.NotFound($"There is no map {id}");

    public static ApiError NoDataset(string id) => ApiError.NotFound($"The map has no dataset {id}");
}
