using CartoPlatform.Auth.Attempts;
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

    /// <summary>To a network that has sent too many of them.</summary>
    internal static readonly ApiError TooManyFailures =
        new(StatusCodes.Status429TooManyRequests, "Too many invalid tokens; try again in a minute") { RetryAfter = AttemptLimiter.WindowSeconds };

    internal static readonly ApiError UnauthorizedReferer = ApiError.Forbidden("Unauthorized referer");

    /// <summary>SQL on a connection that is kept to named sources.</summary>
    public static readonly ApiError NamedSourcesOnly = ApiError.Forbidden() with
    {
        Details = new Dictionary<string, object?> { ["description"] = "This connection takes named sources, and no SQL" },
    };

    /// <summary>A page of another site made the browser send its cookie.</summary>
    public static readonly ApiError ForeignOrigin = ApiError.Forbidden("The request does not come from a page of this platform");

    /// <summary>An API access token, or a role or scope that does not reach so far.</summary>
    public static readonly ApiError NotAnAdministrator = ApiError.Forbidden("You don't have permissions to manage this resource") with
    {
        Details = new Dictionary<string, object?>
        {
            ["description"] = "This call takes the owner's token, a session, or an OAuth access token whose role and scope allow it; an API access token reads data only",
        },
    };

    /// <summary>What touches Admins and Superadmins is done by a Superadmin alone.</summary>
    public static readonly ApiError NotSuperadmin = ApiError.Forbidden("You don't have permissions to manage this resource") with
    {
        Details = new Dictionary<string, object?> { ["description"] = "This takes a Superadmin: an Admin manages what has the role of a Viewer or an Editor" },
    };

    /// <summary>The answer that a decision asks for; null when it allows.</summary>
    public static ApiError? ToError(this AccessDecision decision) => decision switch
    {
        AccessDecision.Allowed => null,
        AccessDecision.Unauthenticated => TokenNotDefined,
        AccessDecision.Forbidden => ApiError.Forbidden(),
        _ => throw new ArgumentOutOfRangeException(nameof(decision)),
    };
}
