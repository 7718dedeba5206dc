using CartoPlatform.ServiceDefaults.Errors;

namespace CartoPlatform.WorkspaceApi.OAuth;

/// <summary>Errors in the words of RFC 6749, section 5.2 (the body's <c>error</c> is a text, as everywhere on the platform).</summary>
internal static class OAuthError
{
    public const string InvalidRequest = "invalid_request";
    public const string InvalidScope = "invalid_scope";
    public const string UnauthorizedClient = "unauthorized_client";

    public static ApiError Request(string description) => Of(InvalidRequest, description);

    public static ApiError Grant(string description) => Of("invalid_grant", description);

    public static ApiError GrantType() => Of("unsupported_grant_type", "grant_type must be client_credentials, authorization_code or refresh_token");

    public static ApiError Scope(string scope) => Of(InvalidScope, $"The client may not have the scope {scope}");

    public static ApiError Target() => Of("invalid_target", "audience must be carto-cloud-native-api, or not given");

    public static ApiError Unauthorized(string description) => Of(UnauthorizedClient, description);

    /// <summary>Which of id and secret was wrong is nobody's business.</summary>
    public static ApiError Client() => Of("invalid_client", "The client is unknown, or its secret is wrong", StatusCodes.Status401Unauthorized);

    private static ApiError Of(string error, string description, int status = StatusCodes.Status400BadRequest) =>
        new(status, error) { Details = new Dictionary<string, object?> { ["error_description"] = description } };
}
