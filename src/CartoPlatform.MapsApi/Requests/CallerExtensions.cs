using CartoPlatform.Auth;
using CartoPlatform.ServiceDefaults.Errors;

namespace CartoPlatform.MapsApi.Requests;

internal static class CallerExtensions
{
    /// <summary>
    /// Comes before anything is looked at: without a token 401, and without any grant on the connection 403, so that such a caller
    /// learns nothing about it, its existence included.
    /// </summary>
    public static RouteGroupBuilder RequireConnection(this RouteGroupBuilder group) =>
        group.AddEndpointFilter(async (context, next) =>
        {
            if (context.HttpContext.GetPrincipal() is not { } principal) return AuthErrors.TokenNotDefined;
            var connection = context.HttpContext.GetRouteValue("connection") as string ?? "";
            return AccessPolicy.SeesConnection(principal, connection) ? await next(context) : ApiError.Forbidden();
        });

    /// <summary>Who asks, behind <see cref="RequireConnection"/>.</summary>
    public static Principal RequirePrincipal(this HttpContext context) =>
        context.GetPrincipal() ?? throw new InvalidOperationException("The endpoint is not behind RequireConnection");
}
