using CartoPlatform.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Http;

namespace CartoPlatform.Auth;

/// <summary>The refusals of the contract, section 1.8, word for word: clients compare them.</summary>
public static class AuthErrors
{
    public static readonly ApiError TokenNotDefined = new(StatusCodes.Status401Unauthorized, "Token not defined")
    {
        Details = new Dictionary<string, object?> { ["status"] = StatusCodes.Status401Unauthorized },
    };

    internal static readonly ApiError InvalidToken = new(StatusCodes.Status401Unauthorized, "Invalid token");

    internal static readonly ApiError UnauthorizedReferer = ApiError.Forbidden("Unauthorized referer");

    /// <summary>The answer that a decision asks for; null when it allows.</summary>
    public static ApiError? ToError(this AccessDecision decision) => decision switch
    {
        AccessDecision.Allowed => null,
        AccessDecision.Unauthenticated => TokenNotDefined,
        AccessDecision.Forbidden => ApiError.Forbidden(),
        _ => throw new ArgumentOutOfRangeException(nameof(decision)),
    };
}
