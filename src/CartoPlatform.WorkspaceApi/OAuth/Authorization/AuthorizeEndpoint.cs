using CartoPlatform.Auth;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.WorkspaceApi.OAuth.Clients;
using CartoPlatform.WorkspaceApi.SignIn;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;

namespace CartoPlatform.WorkspaceApi.OAuth.Authorization;

/// <summary>
/// <c>GET /oauth/authorize</c>: a single-page application sends its user here, and gets him back with a code. Who is signed in need not
/// agree to anything: an administrator has, when he registered the application.
/// </summary>
internal static class AuthorizeEndpoint
{
    public const string Path = "/oauth/authorize";

    // To these a stranger's link may not lead: they are answered here, and not with a redirect.
    private static readonly ApiError UnknownClient = OAuthError.Request("client_id names no single-page application of this platform");
    private static readonly ApiError UnknownRedirect = OAuthError.Request("redirect_uri is not among those of the client, letter by letter");

    public static void MapAuthorize(this IEndpointRouteBuilder routes) => routes.MapGet(Path, AuthorizeAsync).WithName("OAuthAuthorize");

    private static async Task<IResult> AuthorizeAsync(
        HttpContext context, ClientStore clients, CodeStore codes, IOptions<OAuthOptions> options, TimeProvider time, CancellationToken cancellationToken)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        var query = context.Request.Query;
        if (query["client_id"] is not [{ } id] || !Guid.TryParseExact(id, "D", out var clientId)
            || await clients.FindAsync(clientId, cancellationToken) is not { IsMachine: false } client) return UnknownClient;
        if (query["redirect_uri"] is not [{ } redirectUri] || !client.RedirectUris.Contains(redirectUri, StringComparer.Ordinal)) return UnknownRedirect;

        var issuer = options.Value.IssuerOf(context.Request);
        var begun = new AuthorizationRequest { Client = client, RedirectUri = redirectUri, State = query["state"] is [{ Length: > 0 } state] ? state : null };
        var (request, error, description) = begun.Read(query);
        if (request is null) return TypedResults.Redirect(begun.Answer(issuer, ("error", error), ("error_description", description)));

        if (await FindSessionAsync(context.GetPrincipal(), request, codes, time, cancellationToken) is not { } session)
            return request.MustBeSilent
                ? TypedResults.Redirect(request.Answer(issuer, ("error", "login_required"), ("error_description", "Nobody is signed in")))
                : TypedResults.LocalRedirect(SignInPath(context.Request));
        return TypedResults.Redirect(request.Answer(issuer, ("code", await codes.AddAsync(request, session, cancellationToken))));
    }

    /// <summary>The session that will do; a token in a header or URL is none.</summary>
    private static async ValueTask<Guid?> FindSessionAsync(
        Principal? principal, AuthorizationRequest request, CodeStore codes, TimeProvider time, CancellationToken cancellationToken)
    {
        if (principal is not { IsByCookie: true, Token: var token } || request.MustSignIn || token.AccountId != request.Client.AccountId) return null;
        if (request.MaxAge is { } maxAge && (await codes.FindSignInAsync(token.Id, cancellationToken) is not { } since || time.GetUtcNow() - since > maxAge)) return null;
        return token.Id;
    }

    // What made him sign in is left out of the way back, or he would for ever.
    private static string SignInPath(HttpRequest request)
    {
        var again = QueryHelpers.AddQueryString(Path, request.Query.Where(parameter => parameter.Key is not ("prompt" or "max_age")));
        return QueryHelpers.AddQueryString(SignInEndpoints.Page, "returnTo", again);
    }
}
