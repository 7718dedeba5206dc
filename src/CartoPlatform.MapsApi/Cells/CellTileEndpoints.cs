using CartoPlatform.MapsApi.Caching;
using CartoPlatform.MapsApi.Requests;
using CartoPlatform.MapsApi.Tiles;
using CartoPlatform.ServiceDefaults.Errors;

namespace CartoPlatform.MapsApi.Cells;

/// <summary><c>GET /v3/maps/{connection}/table|query/{cell}</c>: tiles of H3 and quadbin cells, named by the cell that holds them.</summary>
internal static class CellTileEndpoints
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void MapCellTiles(this IEndpointRouteBuilder maps, SourceKind kind) =>
        maps.MapMethods(
                $"/{kind.ToSegment()}/{{cell}}", Methods,
                (string connection, string cell, HttpContext context, TileRequests requests, CellTileRenderer renderer) =>
                    requests.AnswerAsync(kind, connection, context, _ => VersionNeed.Asked, (source, asked) =>
                    {
                        if (source.Cells is not { } layer) return ApiError.BadRequest("A tile of geometry is named by zoom, column and row");
                        var format = asked ?? TileFormat.Binary;
                        if (format == TileFormat.Mvt) return ApiError.BadRequest("The parameter formatTiles must be one of binary, json");
                        if (!layer.Scheme.TryParse(cell, out var tile)) return ApiError.NotFound($"There is no tile {cell}: it is not a cell of {layer.Scheme.Name}");
                        return new TileJob(cell, layer.Scheme.Resolution(tile), cancellationToken => renderer.RenderAsync(source, layer, tile, format, cancellationToken));
                    }))
            .WithName($"Tile of cells of a {kind.ToSegment()}");
}
