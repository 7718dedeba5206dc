using CartoPlatform.Auth;
using CartoPlatform.Auth.Administration;
using CartoPlatform.Auth.Tokens;
using CartoPlatform.Contracts.Workspace;
using CartoPlatform.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CartoPlatform.WorkspaceApi.OAuth.Keys;

/// <summary>The public keys for everybody (RFC 7517), and a new one when an administrator wants it.</summary>
internal static class SigningKeyEndpoints
{
    public const string Path = "/.well-known/jwks.json";

    public static void MapSigningKeys(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, ShowAsync).WithName("Jwks");
        routes.MapPost("/v3/keys/oauth/rotate", RotateAsync).WithName("RotateOAuthKey").RequireAdministration(AdminArea.Accounts);
    }

    private static async Task<IResult> ShowAsync(HttpContext context, SigningKeyStore keys, CancellationToken cancellationToken)
    {
        // A new key is published before it signs, so that what is a minute old still has all that sign; clients ask again for a kid they miss.
        context.Response.Headers.CacheControl = "public, max-age=60";
        var published = await keys.ListAsync(cancellationToken);
        return TypedResults.Json(new
        {
            keys = published.Keys.Select(key => new { kty = "RSA", use = "sig", alg = AccessToken.Algorithm, kid = key.Id, n = key.Modulus, e = key.Exponent }),
        });
    }

    private static async Task<Results<JsonHttpResult<Rotated>, ApiError>> RotateAsync(
        HttpContext context, SigningKeyRotation rotation, CancellationToken cancellationToken)
    {
        if (AdministrationPolicy.RoleOf(context.RequirePrincipal()) < AccountRole.Superadmin) return AuthErrors.NotAnAdministrator;
        return TypedResults.Json(new Rotated(await rotation.RunAsync(context.GetActor(), cancellationToken)));
    }

    /// <param name="Kid">Of the new key.</param>
    private sealed record Rotated(string Kid);
}
