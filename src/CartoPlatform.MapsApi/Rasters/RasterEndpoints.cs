using CartoPlatform.MapsApi.Requests;
using CartoPlatform.MapsApi.Stored;
using CartoPlatform.MapsApi.Tiles;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.Tiles;

namespace CartoPlatform.MapsApi.Rasters;

/// <summary><c>/v3/maps/{connection}/raster</c> and its tiles, which are named by quadbin cells.</summary>
internal static class RasterEndpoints
{
    private const string Endpoint = "raster";
    private const int MaxBandsLength = 100_000;

    public static void AddRasters(this IServiceCollection services) => services.AddSingleton<RasterCatalog>().AddSingleton<RasterTiles>();

    public static void MapRasters(this IEndpointRouteBuilder maps)
    {
        maps.MapMethods($"/{Endpoint}", StoredMaps.MapMethods, DescribeAsync).WithMetadata(RequestParameters.SizeLimit).WithName("Map of a raster");
        maps.MapMethods($"/{Endpoint}/{{cell}}", StoredMaps.TileMethods, TileAsync).WithName("Tile of a raster");
    }

    // Filters of rasters are the client's own work, pixel by pixel; they are part of no URL.
    private static Task<IResult> DescribeAsync(string connection, HttpContext context, StoredMaps maps, RasterCatalog rasters) =>
        maps.DescribeAsync(Endpoint, connection, context, async table =>
        {
            var found = await rasters.FindAsync(table, context.RequestAborted);
            if (!found.Succeeded) return found.Error;
            return new StoredMap(urls => RasterTileJson.Instantiation(found.Value, urls), urls => RasterTileJson.TileJson(found.Value, urls));
        });

    private static Task<IResult> TileAsync(string connection, string cell, HttpContext context, StoredMaps maps, RasterCatalog rasters, RasterTiles tiles) =>
        maps.TileAsync(connection, context, async (table, format) =>
        {
            if (format is not (null or TileFormat.Binary)) return ApiError.BadRequest("The parameter formatTiles must be binary: rasters come in no other form");
            if (!Quadbin.TryParse(cell, out var block) || !Quadbin.TryGetTile(block, out var address)) return ApiError.NotFound($"There is no tile {cell}: it is not a cell of quadbin");
            var raster = await rasters.FindAsync(table, context.RequestAborted);
            if (!raster.Succeeded) return raster.Error;
            var bands = await SelectAsync(raster.Value, context);
            if (!bands.Succeeded) return bands.Error;
            return new TileJob(cell, address.Z, cancellationToken => tiles.RenderAsync(raster.Value, bands.Value, block, cancellationToken));
        });

    private static async ValueTask<Outcome<RasterBand[]>> SelectAsync(Raster raster, HttpContext context)
    {
        var parameters = await RequestParameters.ReadAsync(context.Request, context.RequestAborted);
        if (!parameters.Succeeded) return parameters.Error;
        var reader = new ParameterReader(parameters.Value);
        var text = reader.Text(ParameterNames.Bands, MaxBandsLength);
        if (reader.Error is { } error) return error;
        if (text is null) return raster.Bands.ToArray();

        var selected = new List<RasterBand>();
        foreach (var name in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (raster.Bands.FirstOrDefault(band => band.Name == name) is not { } band) return ApiError.ColumnNotFound(name);
            if (!selected.Contains(band)) selected.Add(band);
        }

        return selected.Count > 0 ? selected.ToArray() : ApiError.BadRequest($"The parameter {ParameterNames.Bands} names no band");
    }
}
