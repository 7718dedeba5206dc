using CartoPlatform.Auth;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.WorkspaceApi.Users;

namespace CartoPlatform.WorkspaceApi.OAuth.Tokens;

/// <summary><c>/oauth/userinfo</c>: what an ID token says, for the holder of an access token (OpenID Connect Core 1.0, section 5.3).</summary>
internal static class UserInfoEndpoint
{
    public const string Path = "/oauth/userinfo";

    private static readonly ApiError NotAsked = new(StatusCodes.Status403Forbidden, "insufficient_scope")
    {
        Details = new Dictionary<string, object?> { ["error_description"] = "This call takes a user's OAuth access token with the scope openid" },
    };

    public static void MapUserInfo(this IEndpointRouteBuilder routes) =>
        routes.MapMethods(Path, [HttpMethods.Get, HttpMethods.Post], TellAsync).WithName("OAuthUserInfo");

    private static async Task<IResult> TellAsync(HttpContext context, UserStore users, CancellationToken cancellationToken)
    {
        if (context.GetPrincipal() is not { } principal) return AuthErrors.TokenNotDefined;
        if (principal.Token is not { UserId: { } id, Scopes: { } scopes } || !scopes.Contains(OAuthScopes.OpenId)
            || await users.FindAsync(id, cancellationToken) is not { } user) return NotAsked;
        context.Response.Headers.CacheControl = "no-store";
        var claims = new Dictionary<string, object> { ["sub"] = id.ToString("D") };
        foreach (var (name, value) in IdTokens.AboutUser(scopes, user.Email, user.Name)) claims[name] = value;
        return TypedResults.Json(claims);
    }
}
