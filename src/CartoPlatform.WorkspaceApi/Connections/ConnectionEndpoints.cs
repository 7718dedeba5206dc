using CartoPlatform.Auth;
using CartoPlatform.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CartoPlatform.WorkspaceApi.Connections;

internal static class ConnectionEndpoints
{
    public static void MapConnections(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v3/connections", ListAsync).WithName("ListConnections");

    private static async Task<Results<JsonHttpResult<List<ConnectionSummary>>, ApiError>> ListAsync(
        HttpContext context, ConnectionStore connections, CancellationToken cancellationToken)
    {
        if (context.GetPrincipal() is not { } principal) return AuthErrors.TokenNotDefined;
        var all = await connections.ListAsync(cancellationToken);
        context.Response.Headers.CacheControl = "private, no-cache";
        return TypedResults.Json(all.Where(connection => AccessPolicy.SeesConnection(principal, connection.Name)).ToList());
    }
}
