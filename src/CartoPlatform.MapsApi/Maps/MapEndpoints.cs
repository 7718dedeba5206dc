using CartoPlatform.MapsApi.Requests;

namespace CartoPlatform.MapsApi.Maps;

/// <summary><c>GET|POST /v3/maps/{connection}/table|query</c>: the instantiation, or with <c>format=</c> the data in one form.</summary>
internal static class MapEndpoints
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head, HttpMethods.Post];

    public static void MapMaps(this IEndpointRouteBuilder maps, SourceKind kind) =>
        maps.MapMethods($"/{kind.ToSegment()}", Methods, (string connection, HttpContext context, MapService service) =>
                service.AnswerAsync(kind, connection, context))
            .WithMetadata(RequestParameters.SizeLimit)
            .WithName($"Map of a {kind.ToSegment()}");
}
