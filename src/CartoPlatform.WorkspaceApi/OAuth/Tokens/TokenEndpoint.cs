using System.Text.Json.Serialization;
using CartoPlatform.Auth.Tokens;
using CartoPlatform.WorkspaceApi.OAuth.Clients;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace CartoPlatform.WorkspaceApi.OAuth.Tokens;

/// <summary><c>POST /oauth/token</c> (contract, section 12.1; RFC 6749).</summary>
internal static class TokenEndpoint
{
    public const string Path = "/oauth/token";

    private const string ClientCredentials = "client_credentials";
    private const string AuthorizationCode = "authorization_code";
    private const string RefreshToken = "refresh_token";

    public static void MapToken(this IEndpointRouteBuilder routes) => routes.MapPost(Path, IssueAsync)
        .WithMetadata(new RequestSizeLimitAttribute(OAuthForm.MaxBytes)).WithName("OAuthToken").DisableAntiforgery();

    private static async Task<IResult> IssueAsync(
        HttpContext context, ClientAuthentication clients, MachineTokens machines, CodeExchange exchange, IOptions<OAuthOptions> options, CancellationToken cancellationToken)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.Pragma = "no-cache";
        var (form, unreadable) = await OAuthForm.ReadAsync(context.Request, cancellationToken);
        if (form is null) return unreadable ?? OAuthError.Request("The body is empty");
        if (form["grant_type"] is not { } grantType) return OAuthError.Request("grant_type is missing");
        if (grantType is not (ClientCredentials or AuthorizationCode or RefreshToken)) return OAuthError.GrantType();
        var (client, refused) = await clients.FindAsync(context.Request, form, cancellationToken);
        if (client is null) return refused ?? OAuthError.Client();
        if (client.IsMachine != (grantType == ClientCredentials)) return OAuthError.Unauthorized($"{grantType} is not for clients of the kind {client.Kind}");
        if (form["audience"] is not (null or AccessToken.Audience)) return OAuthError.Target();

        var issuer = options.Value.IssuerOf(context.Request);
        var (issued, error) = grantType switch
        {
            ClientCredentials => await machines.IssueAsync(client, form, issuer, cancellationToken),
            AuthorizationCode => await exchange.RedeemAsync(client, form, issuer, cancellationToken),
            _ => await exchange.RefreshAsync(client, form, issuer, cancellationToken),
        };
        return issued is null ? error ?? OAuthError.Request("No token can be issued") : TypedResults.Json(TokenAnswer.Of(issued));
    }

    /// <summary>RFC 6749, section 5.1.</summary>
    internal sealed record TokenAnswer
    {
        [JsonPropertyName("access_token")]
        public required string Access { get; init; }

        [JsonPropertyName("token_type")]
        public string TokenType { get; } = "Bearer";

        [JsonPropertyName("expires_in")]
        public required long ExpiresIn { get; init; }

        public required string Scope { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        [JsonPropertyName("refresh_token")]
        public string? Refresh { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        [JsonPropertyName("id_token")]
        public string? IdToken { get; init; }

        public static TokenAnswer Of(IssuedToken issued) => new()
        {
            Access = issued.Text,
            ExpiresIn = (long)issued.Lifetime.TotalSeconds,
            Scope = string.Join(' ', issued.Scopes),
            Refresh = issued.RefreshToken,
            IdToken = issued.IdToken,
        };
    }
}
