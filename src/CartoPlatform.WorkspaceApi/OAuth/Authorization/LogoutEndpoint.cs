using CartoPlatform.Auth;
using CartoPlatform.Auth.Http;
using CartoPlatform.WorkspaceApi.OAuth.Clients;
using CartoPlatform.WorkspaceApi.OAuth.Tokens;
using CartoPlatform.WorkspaceApi.SignIn;
using CartoPlatform.WorkspaceApi.Visibility;
using Microsoft.AspNetCore.WebUtilities;

namespace CartoPlatform.WorkspaceApi.OAuth.Authorization;

/// <summary>
/// <c>GET /oauth/logout</c>: an application signs its user out of the platform (OpenID Connect RP-Initiated Logout 1.0). The ID token
/// proves that it was he who came from it: any page can send a browser here.
/// </summary>
internal static class LogoutEndpoint
{
    public const string Path = "/oauth/logout";

    public static void MapLogout(this IEndpointRouteBuilder routes) => routes.MapGet(Path, LogoutAsync).WithName("OAuthLogout");

    private static async Task<IResult> LogoutAsync(
        HttpContext context, IdTokens idTokens, ClientStore clients, SessionStore sessions, ChangeVisibility visibility, CancellationToken cancellationToken)
    {
        context.Response.Headers.CacheControl = "no-store";
        var query = context.Request.Query;
        if (await idTokens.IdentifyAsync(query["id_token_hint"].ToString(), cancellationToken) is not { } hint)
            return OAuthError.Request("id_token_hint must be an ID token of this platform");
        if (query["client_id"].ToString() is { Length: > 0 } said && said != hint.ClientId.ToString("D")) return OAuthError.Request("id_token_hint is another client's");
        var back = query["post_logout_redirect_uri"].ToString();
        var client = await clients.FindAsync(hint.ClientId, cancellationToken);
        if (back.Length > 0 && client?.LogoutUris.Contains(back, StringComparer.Ordinal) != true)
            return OAuthError.Request("post_logout_redirect_uri is not among the logout_uris of the client, letter by letter");

        if (context.GetPrincipal() is { IsByCookie: true } principal && principal.Token.UserId == hint.UserId)
        {
            SessionCookie.Clear(context);
            await sessions.EndAsync(principal.Token.Id, cancellationToken);
            await visibility.SettleAsync(cancellationToken);
        }

        if (back.Length == 0) return TypedResults.LocalRedirect(SignInEndpoints.Page);
        return TypedResults.Redirect(query["state"] is [{ Length: > 0 } state] ? QueryHelpers.AddQueryString(back, "state", state) : back);
    }
}
