using System.Text.Json.Serialization;
using CartoPlatform.Auth.Tokens;
using CartoPlatform.WorkspaceApi.OAuth.Authorization;
using CartoPlatform.WorkspaceApi.OAuth.Keys;
using CartoPlatform.WorkspaceApi.OAuth.Tokens;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace CartoPlatform.WorkspaceApi.OAuth;

/// <summary>Where clients find what there is: RFC 8414, and the same for OpenID Connect (Discovery 1.0).</summary>
internal static class MetadataEndpoints
{
    public static void MapMetadata(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/.well-known/oauth-authorization-server", Show).WithName("OAuthMetadata");
        routes.MapGet("/.well-known/openid-configuration", Show).WithName("OpenIdConfiguration");
    }

    private static JsonHttpResult<ServerMetadata> Show(HttpContext context, IOptions<OAuthOptions> options)
    {
        // It holds the address that the caller used.
        context.Response.Headers.CacheControl = "private, max-age=60";
        return TypedResults.Json(new ServerMetadata(options.Value.IssuerOf(context.Request)));
    }

    private sealed record ServerMetadata([property: JsonPropertyName("issuer")] string Issuer)
    {
        [JsonPropertyName("authorization_endpoint")]
        public string Authorization => Issuer + AuthorizeEndpoint.Path;

        [JsonPropertyName("token_endpoint")]
        public string Token => Issuer + TokenEndpoint.Path;

        [JsonPropertyName("revocation_endpoint")]
        public string Revocation => Issuer + RevocationEndpoint.Path;

        [JsonPropertyName("userinfo_endpoint")]
        public string UserInfo => Issuer + UserInfoEndpoint.Path;

        [JsonPropertyName("end_session_endpoint")]
        public string EndSession => Issuer + LogoutEndpoint.Path;

        [JsonPropertyName("jwks_uri")]
        public string Jwks => Issuer + SigningKeyEndpoints.Path;

        [JsonPropertyName("scopes_supported")]
        public IEnumerable<string> Scopes { get; } = OAuthScopes.Known.Order(StringComparer.Ordinal);

        [JsonPropertyName("response_types_supported")]
        public string[] ResponseTypes { get; } = ["code"];

        [JsonPropertyName("response_modes_supported")]
        public string[] ResponseModes { get; } = ["query"];

        [JsonPropertyName("grant_types_supported")]
        public string[] GrantTypes { get; } = ["authorization_code", "client_credentials", "refresh_token"];

        [JsonPropertyName("code_challenge_methods_supported")]
        public string[] ChallengeMethods { get; } = ["S256"];

        [JsonPropertyName("token_endpoint_auth_methods_supported")]
        public string[] AuthenticationMethods { get; } = ["client_secret_basic", "client_secret_post", "none"];

        [JsonPropertyName("revocation_endpoint_auth_methods_supported")]
        public string[] RevocationMethods => AuthenticationMethods;

        [JsonPropertyName("subject_types_supported")]
        public string[] Subjects { get; } = ["public"];

        [JsonPropertyName("id_token_signing_alg_values_supported")]
        public string[] IdTokenAlgorithms { get; } = [AccessToken.Algorithm];

        [JsonPropertyName("claims_supported")]
        public string[] Claims { get; } = ["sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "email", "name"];

        [JsonPropertyName("prompt_values_supported")]
        public string[] Prompts { get; } = ["none", "login"];

        [JsonPropertyName("authorization_response_iss_parameter_supported")]
        public bool SaysIssuer { get; } = true;
    }
}
