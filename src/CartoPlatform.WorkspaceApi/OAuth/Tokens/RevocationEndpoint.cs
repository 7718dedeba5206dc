using CartoPlatform.PostGis.Metadata;
using CartoPlatform.WorkspaceApi.Metadata;
using CartoPlatform.WorkspaceApi.OAuth.Clients;
using CartoPlatform.WorkspaceApi.Visibility;
using Dapper;
using Microsoft.AspNetCore.Mvc;
using Microsoft.IdentityModel.JsonWebTokens;

namespace CartoPlatform.WorkspaceApi.OAuth.Tokens;

/// <summary>
/// <c>POST /oauth/revoke</c> (RFC 7009): a client ends a token of its own; a refresh token ends everything that its user let it do. The
/// answer is the same whether there was one.
/// </summary>
internal static class RevocationEndpoint
{
    public const string Path = "/oauth/revoke";

    public static void MapRevocation(this IEndpointRouteBuilder routes) => routes.MapPost(Path, RevokeAsync)
        .WithMetadata(new RequestSizeLimitAttribute(OAuthForm.MaxBytes)).WithName("OAuthRevoke").DisableAntiforgery();

    private static async Task<IResult> RevokeAsync(
        HttpContext context, ClientAuthentication clients, MetadataDatabase database, ChangeVisibility visibility, CancellationToken cancellationToken)
    {
        context.Response.Headers.CacheControl = "no-store";
        var (form, unreadable) = await OAuthForm.ReadAsync(context.Request, cancellationToken);
        if (form is null) return unreadable ?? OAuthError.Request("The body is empty");
        var (client, refused) = await clients.FindAsync(context.Request, form, cancellationToken);
        if (client is null) return refused ?? OAuthError.Client();
        if (form["token"] is not { } token) return OAuthError.Request("token is missing");

        var parameters = new { clientId = client.Id, hash = ClientSecret.Hash(token), id = IdOf(token) };
        var ended = await database.ChangeAsync(
            connection => connection.ExecuteAsync(new CommandDefinition(
                """
                DELETE FROM platform.oauth_access_tokens WHERE id = @id AND text_hash = @hash AND client_id = @clientId;
                DELETE FROM platform.oauth_authorizations
                WHERE client_id = @clientId AND id = (SELECT authorization_id FROM platform.oauth_refresh_tokens WHERE hash = @hash)
                """,
                parameters, cancellationToken: cancellationToken)),
            cancellationToken);
        if (ended > 0) await visibility.SettleAsync(cancellationToken);
        return TypedResults.Ok();
    }

    private static Guid? IdOf(string token)
    {
        try
        {
            return Guid.TryParseExact(new JsonWebToken(token).Id, "D", out var id) ? id : null;
        }
        catch (ArgumentException)
        {
            // A refresh token, or no token at all.
            return null;
        }
    }
}
