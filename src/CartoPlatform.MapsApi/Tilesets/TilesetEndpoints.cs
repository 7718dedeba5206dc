using CartoPlatform.MapsApi.Requests;
using CartoPlatform.MapsApi.Stored;
using CartoPlatform.MapsApi.Tiles;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.Tiles;
using Microsoft.Extensions.Options;

namespace CartoPlatform.MapsApi.Tilesets;

/// <summary><c>/v3/maps/{connection}/tileset</c> and its tiles, by zoom, column and row, or by the cell that holds them.</summary>
internal static class TilesetEndpoints
{
    private const string Endpoint = "tileset";

    public static void AddTilesets(this IServiceCollection services) => services.AddSingleton<TilesetCatalog>().AddSingleton<TilesetTiles>();

    public static void MapTilesets(this IEndpointRouteBuilder maps)
    {
        maps.MapMethods($"/{Endpoint}", StoredMaps.MapMethods, DescribeAsync).WithMetadata(RequestParameters.SizeLimit).WithName("Map of a tileset");
        maps.MapMethods($"/{Endpoint}/{{z}}/{{x}}/{{y}}", StoredMaps.TileMethods, TileAsync).WithName("Tile of a tileset");
        maps.MapMethods($"/{Endpoint}/{{cell}}", StoredMaps.TileMethods, CellTileAsync).WithName("Tile of cells of a tileset");
    }

    private static Task<IResult> DescribeAsync(string connection, HttpContext context, StoredMaps maps, TilesetCatalog tilesets) =>
        maps.DescribeAsync(Endpoint, connection, context, async table =>
        {
            var found = await tilesets.FindAsync(table, context.RequestAborted);
            if (!found.Succeeded) return found.Error;
            return new StoredMap(urls => TilesetTileJson.Instantiation(found.Value, urls), urls => TilesetTileJson.TileJson(found.Value, urls));
        });

    private static async Task<IResult> TileAsync(
        string connection, string z, string x, string y, HttpContext context, StoredMaps maps, TilesetCatalog tilesets, TilesetTiles tiles, IOptions<TileOptions> options)
    {
        if (TileEndpoints.Check((z, x, y), options.Value.MaxZoom, out var address) is { } error) return error;
        return await maps.TileAsync(connection, context, async (table, format) =>
        {
            var tileset = await tilesets.FindAsync(table, context.RequestAborted);
            if (!tileset.Succeeded) return tileset.Error;
            if (tileset.Value.Scheme is { } scheme)
            {
                return scheme.Name == "quadbin" && address.Z <= Quadbin.MaxZoom
                    ? tiles.PlanCells(tileset.Value, Quadbin.FromTile(address), format)
                    : ApiError.BadRequest("A tile of cells is named by a cell, not by zoom, column and row");
            }

            return tiles.Plan(tileset.Value, address, format);
        });
    }

    private static Task<IResult> CellTileAsync(string connection, string cell, HttpContext context, StoredMaps maps, TilesetCatalog tilesets, TilesetTiles tiles) =>
        maps.TileAsync(connection, context, async (table, format) =>
        {
            var tileset = await tilesets.FindAsync(table, context.RequestAborted);
            if (!tileset.Succeeded) return tileset.Error;
            if (tileset.Value.Scheme is not { } scheme) return ApiError.BadRequest("A tile of geometry is named by zoom, column and row");
            if (!scheme.TryParse(cell, out var index)) return ApiError.NotFound($"There is no tile {cell}: it is not a cell of {scheme.Name}");
            return tiles.PlanCells(tileset.Value, index, format);
        });
}
