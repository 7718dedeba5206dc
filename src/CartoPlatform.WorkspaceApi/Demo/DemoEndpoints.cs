using CartoPlatform.Auth.Tokens;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.WorkspaceApi.Tokens;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace CartoPlatform.WorkspaceApi.Demo;

internal static class DemoEndpoints
{
    private const string Path = "/demo/config.json";

    public static void MapDemo(this IEndpointRouteBuilder routes) => routes.MapGet(Path, GetConfigAsync).WithName("DemoConfig");

    private static async Task<Results<JsonHttpResult<DemoConfig>, ApiError>> GetConfigAsync(
        HttpResponse response, IOptions<DemoOptions> options, TokenStore tokens, TokenIssuer issuer, CancellationToken cancellationToken)
    {
        if (!options.Value.Enabled || await tokens.FindDemoAsync(cancellationToken) is not { } token)
            return ApiError.NotFound($"There is nothing at {Path}");
        response.Headers.CacheControl = "no-store";
        return TypedResults.Json(new DemoConfig(issuer.Issue(token.Record, token.IssuedAt), DemoOptions.Connection));
    }

    private sealed record DemoConfig(string AccessToken, string Connection);
}
