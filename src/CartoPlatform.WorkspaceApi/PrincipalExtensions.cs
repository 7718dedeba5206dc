using CartoPlatform.Auth;

namespace CartoPlatform.WorkspaceApi;

internal static class PrincipalExtensions
{
    public static Principal RequirePrincipal(this HttpContext context) =>
        context.GetPrincipal() ?? throw new InvalidOperationException("The endpoint is not behind RequireAdministration");
}
