using System.Text.Json.Serialization;
using CartoPlatform.Auth.Tokens;
using CartoPlatform.PostGis.Metadata;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.WorkspaceApi.Metadata;
using CartoPlatform.WorkspaceApi.OAuth.Clients;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace CartoPlatform.WorkspaceApi.OAuth.Tokens;

/// <summary><c>POST /oauth/token</c> (contract, section 12.1; RFC 6749).</summary>
internal static class TokenEndpoint
{
    public const string Path = "/oauth/token";

    public static void MapToken(this IEndpointRouteBuilder routes) => routes.MapPost(Path, IssueAsync)
        .WithMetadata(new RequestSizeLimitAttribute(OAuthForm.MaxBytes)).WithName("OAuthToken").DisableAntiforgery();

    private static async Task<IResult> IssueAsync(
        HttpContext context, ClientAuthentication clients, MetadataDatabase database, AccessTokenIssuer issuer, IOptions<OAuthOptions> options,
        CancellationToken cancellationToken)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.Pragma = "no-cache";
        var (form, unreadable) = await OAuthForm.ReadAsync(context.Request, cancellationToken);
        if (form is null) return unreadable ?? OAuthError.Request("The body is empty");
        if (form["grant_type"] is not { } grantType) return OAuthError.Request("grant_type is missing");
        if (grantType is not "client_credentials") return OAuthError.GrantType();
        var (client, refused) = await clients.FindAsync(context.Request, form, cancellationToken);
        if (client is null) return refused ?? OAuthError.Client();
        if (!client.IsMachine) return OAuthError.Unauthorized("Client credentials are for clients that have a secret");
        if (ChooseAudience(form) is { } wrong) return wrong;
        var scopes = ChooseScopes(form, client, out var beyond);
        if (beyond is not null) return OAuthError.Scope(beyond);
        var issued = await database.ChangeAsync(
            connection => issuer.IssueAsync(connection, client, user: null, scopes, options.Value.IssuerOf(context.Request), cancellationToken), cancellationToken);
        return TypedResults.Json(TokenAnswer.Of(issued));
    }

    private static ApiError? ChooseAudience(OAuthForm form) => form["audience"] is null or AccessToken.Audience ? null : OAuthError.Target();

    private static IReadOnlyList<string> ChooseScopes(OAuthForm form, OAuthClient client, out string? beyond)
    {
        var asked = OAuthScopes.Split(form["scope"]);
        beyond = asked.FirstOrDefault(scope => !client.Scopes.Contains(scope));
        return asked.Count == 0 ? client.Scopes : asked;
    }

    /// <summary>RFC 6749, section 5.1.</summary>
    internal sealed record TokenAnswer
    {
        [JsonPropertyName("access_token")]
        public required string AccessToken { get; init; }

        [JsonPropertyName("token_type")]
        public string TokenType => "Bearer";

        [JsonPropertyName("expires_in")]
        public required long ExpiresIn { get; init; }

        public required string Scope { get; init; }

        public static TokenAnswer Of(IssuedToken issued) => new()
        {
            AccessToken = issued.Text,
            ExpiresIn = (long)issued.Lifetime.TotalSeconds,
            Scope = string.Join(' ', issued.Scopes),
        };
    }
}
