using System.Globalization;
using CartoPlatform.Contracts.Caching;
using CartoPlatform.MapsApi.Caching;
using CartoPlatform.MapsApi.Requests;
using CartoPlatform.MapsApi.Sources;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.Tiles;
using Microsoft.Extensions.Options;

namespace CartoPlatform.MapsApi.Tiles;

/// <summary><c>GET /v3/maps/{connection}/table|query/{z}/{x}/{y}</c>.</summary>
internal static class TileEndpoints
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void MapTiles(this IEndpointRouteBuilder maps, SourceKind kind) =>
        maps.MapMethods(
                $"/{kind.ToSegment()}/{{z}}/{{x}}/{{y}}", Methods,
                (string connection, string z, string x, string y, HttpContext context, MapDefinitions definitions, MapSources sources, TileService tiles, Declarations declarations, IOptions<TileOptions> options) =>
                    AnswerAsync(kind, connection, (z, x, y), context, definitions, sources, tiles, declarations, options.Value))
            .WithName($"Tile of a {kind.ToSegment()}");

    private static async Task<IResult> AnswerAsync(
        SourceKind kind, string connection, (string Z, string X, string Y) place, HttpContext context, MapDefinitions definitions, MapSources sources, TileService tiles, Declarations declarations, TileOptions options)
    {
        if (Check(place, options.MaxZoom, out var address) is { } error) return error;
        var request = await definitions.ReadAsync(kind, context.Request, context.RequestAborted);
        if (!request.Succeeded) return request.Error;

        var (map, answer) = request.Value;
        return await sources.UseAsync(
            context.RequirePrincipal(), connection, map,
            source => declarations.DeclareAsync(context, source, AnswerKinds.Tile, () =>
                tiles.AnswerAsync(source, address, answer.TileFormat ?? options.DefaultTileFormat, context.RequestAborted)),
            context.RequestAborted);
    }

    private static ApiError? Check((string Z, string X, string Y) place, int maxZoom, out TileAddress address)
    {
        address = default;
        if (Number(place.Z) is not { } z || Number(place.X) is not { } x || Number(place.Y) is not { } y)
            return ApiError.BadRequest("The address of a tile is three whole numbers without sign or leading zeros: zoom, column, row");
        if (z <= maxZoom && TileAddress.TryCreate(z, x, y, out address)) return null;
        return ApiError.NotFound($"There is no tile {z}/{x}/{y}: zooms go to {maxZoom}, columns and rows to 2^zoom - 1");
    }

    private static int? Number(string text) =>
        (text is "0" || !text.StartsWith('0')) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
