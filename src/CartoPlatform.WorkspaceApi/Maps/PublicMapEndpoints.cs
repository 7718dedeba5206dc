using CartoPlatform.Auth;
using Microsoft.AspNetCore.Mvc;

namespace CartoPlatform.WorkspaceApi.Maps;

/// <summary>
/// <c>GET|POST /v3/maps/public/{id}</c>: what <c>fetchMap</c> of the client library asks first (contract, section 11). A map with a
/// password takes it from the header <c>X-Map-Password</c>, which the client sends when it is among its <c>headers</c>, or from the body.
/// </summary>
internal static class PublicMapEndpoints
{
    private const string PasswordHeader = "X-Map-Password";
    private const int MaxBodyBytes = 64 * 1024;

    public static void MapPublicMaps(this IEndpointRouteBuilder routes) => routes
        .MapMethods("/v3/maps/public/{id}", [HttpMethods.Get, HttpMethods.Head, HttpMethods.Post], ShowAsync)
        .WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes)).WithName("ShowMap");

    private static async Task<IResult> ShowAsync(
        string id, HttpContext context, MapStore maps, MapAccess access, MapTokens tokens, MapWriter writer, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(id, out var mapId) || await maps.FindAsync(mapId, cancellationToken) is not { } map) return MapErrors.NotFound(id);

        var password = await ReadPasswordAsync(context.Request, cancellationToken);
        var visit = await access.VisitAsync(map, context.GetPrincipal(), password, context.Connection.RemoteIpAddress, cancellationToken);
        if (visit.Error is not null) return visit.Error;

        context.Response.Headers.CacheControl = "private, no-cache";
        var token = visit.GetsMapToken ? await tokens.IssueAsync(map, cancellationToken) : null;
        return await writer.ShownAsync(map, token, cancellationToken);
    }

    /// <summary>The client posts its usual parameters where it may not write long URLs; a body that holds no password is none of our business.</summary>
    private static async Task<string?> ReadPasswordAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.Headers[PasswordHeader] is [{ Length: > 0 } header]) return header;
        if (!HttpMethods.IsPost(request.Method)) return null;
        var (members, _) = await MapJson.ReadObjectAsync(request, cancellationToken);
        return members is not null && members.TryGetValue("password", out var password) ? MapJson.TextOf(password) : null;
    }
}
