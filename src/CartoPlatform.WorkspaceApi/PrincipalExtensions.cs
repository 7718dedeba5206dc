using CartoPlatform.Auth;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.WorkspaceApi.Tokens;

namespace CartoPlatform.WorkspaceApi;

internal static class PrincipalExtensions
{
    private static readonly ApiError NotWhole =
        ApiError.Forbidden("Nobody grants more than he has: this call takes somebody whose grants, allowed_apis and login are not narrower than his role's");

    public static Principal RequirePrincipal(this HttpContext context) =>
        context.GetPrincipal() ?? throw new InvalidOperationException("The endpoint is not behind RequireAdministration");

    /// <summary>
    /// Keeps those from changing anything here who read but a part of what a session of their role reads: what they made or changed
    /// would read the rest for them. Behind <c>RequireAdministration</c>.
    /// </summary>
    public static TBuilder RequireWholeRoleToWrite<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.AddEndpointFilter(async (context, next) =>
    {
        var request = context.HttpContext.Request;
        return HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || ReadsWholeRole(context.HttpContext.RequirePrincipal().Token)
            ? await next(context)
            : NotWhole;
    });

    private static bool ReadsWholeRole(TokenRecord token) => token.IsOwner || (!token.IsNarrowed && TokenAdministration.DefaultApis.All(token.AllowedApis.Contains));
}
