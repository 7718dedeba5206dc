using CartoPlatform.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace CartoPlatform.Auth.Administration;

public static class AdministrationExtensions
{
    /// <summary>
    /// Lets callers through who may administer the area: reading by GET and HEAD, writing by everything else. Nothing they get is kept
    /// on the way.
    /// </summary>
    public static TBuilder RequireAdministration<TBuilder>(this TBuilder builder, AdminArea area)
        where TBuilder : IEndpointConventionBuilder => builder.AddEndpointFilter(async (context, next) =>
    {
        var http = context.HttpContext;
        var right = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method) ? AdminRight.Read : AdminRight.Write;
        if (AdministrationPolicy.Decide(http.GetPrincipal(), area, right).ToAdministrationError() is { } refused) return refused;
        http.Response.Headers.CacheControl = "no-store";
        return await next(context);
    });

    /// <summary>Who acts; behind <see cref="RequireAdministration"/>.</summary>
    public static Actor GetActor(this HttpContext context) => Actor.Of(
        context.GetPrincipal() ?? throw new InvalidOperationException("The endpoint is not behind RequireAdministration"),
        context.Connection.RemoteIpAddress?.ToString());

    private static ApiError? ToAdministrationError(this AccessDecision decision) =>
        decision == AccessDecision.Forbidden ? AuthErrors.NotAnAdministrator : decision.ToError();
}
