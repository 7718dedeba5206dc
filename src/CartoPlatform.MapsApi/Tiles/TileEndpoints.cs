using System.Globalization;
using CartoPlatform.MapsApi.Caching;
using CartoPlatform.MapsApi.Overviews;
using CartoPlatform.MapsApi.Requests;
using CartoPlatform.MapsApi.Warm;
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
                (string connection, string z, string x, string y, HttpContext context, TileRequests requests, TileRenderer renderer, OverviewStore overviews, WarmLayers warm, IOptions<TileOptions> options) =>
                    AnswerAsync(kind, connection, (z, x, y), context, requests, renderer, overviews, warm, options.Value))
            .WithName($"Tile of a {kind.ToSegment()}");

    private static async Task<IResult> AnswerAsync(
        SourceKind kind, string connection, (string Z, string X, string Y) place, HttpContext context, TileRequests requests, TileRenderer renderer,
        OverviewStore overviews, WarmLayers warm, TileOptions options)
    {
        if (Check(place, options.MaxZoom, out var address) is { } error) return error;
        return await requests.AnswerAsync(kind, connection, context, map => NeedOf(connection, map, address.Z, overviews, warm), (source, asked) =>
        {
            if (source.Cells is not null) return ApiError.BadRequest("A tile of cells is named by a cell, not by zoom, column and row");
            var format = asked ?? options.DefaultTileFormat;
            if (format == TileFormat.Json) return ApiError.BadRequest("The parameter formatTiles must be one of binary, mvt");
            return new TileJob(address.ToString(), address.Z, cancellationToken => renderer.RenderAsync(source, address, format, cancellationToken));
        });
    }

    private static VersionNeed NeedOf(string connection, MapRequest map, int zoom, OverviewStore overviews, WarmLayers warm) =>
        warm.MayHave(connection, map) || overviews.MayCover(zoom, map) ? VersionNeed.Heard : VersionNeed.None;

    public static ApiError? Check((string Z, string X, string Y) place, int maxZoom, out TileAddress address)
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
