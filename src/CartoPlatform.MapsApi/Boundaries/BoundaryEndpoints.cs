using System.Text.Json.Nodes;
using CartoPlatform.Contracts.Caching;
using CartoPlatform.MapsApi.Caching;
using CartoPlatform.MapsApi.Requests;
using CartoPlatform.MapsApi.Sources;
using CartoPlatform.MapsApi.Stored;
using CartoPlatform.MapsApi.Tiles;
using CartoPlatform.MapsApi.Tilesets;
using CartoPlatform.MapsApi.Urls;
using CartoPlatform.PostGis.Caching;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.Tiles;
using CartoPlatform.WorkspaceClient;
using Microsoft.Extensions.Options;

namespace CartoPlatform.MapsApi.Boundaries;

/// <summary>
/// <c>/v3/maps/{connection}/boundary</c>: geometry of a tileset, attributes of a table or a query. Both must be the caller's to read, for
/// every answer that holds something of both.
/// </summary>
internal static class BoundaryEndpoints
{
    private const string Path = $"/{BoundaryRequest.Endpoint}";

    public static void AddBoundaries(this IServiceCollection services) => services.AddSingleton<BoundaryTiles>();

    public static void MapBoundaries(this IEndpointRouteBuilder maps)
    {
        maps.MapMethods(Path, StoredMaps.MapMethods, DescribeAsync).WithMetadata(RequestParameters.SizeLimit).WithName("Map of boundaries");
        maps.MapMethods($"{Path}/{{z}}/{{x}}/{{y}}", StoredMaps.TileMethods, GeometryAsync).WithName("Tile of boundaries");
        maps.MapMethods($"{Path}/properties/{{z}}/{{x}}/{{y}}", StoredMaps.TileMethods, PropertiesAsync).WithName("Tile of boundaries' properties");
    }

    private static async Task<IResult> DescribeAsync(
        string connection, HttpContext context, MapDefinitions definitions, StoredTables tables, StoredMaps maps, TilesetCatalog tilesets, RowSources sources,
        IWorkspaceDirectory workspace, Declarations declarations)
    {
        var request = await BoundaryRequest.ReadAsync(context.Request, definitions, withProperties: true, context.RequestAborted);
        if (!request.Succeeded) return request.Error;

        var (principal, asked) = (context.RequirePrincipal(), request.Value);
        return await tables.UseAsync(principal, connection, asked.Tileset, async table =>
        {
            var tileset = await FindAsync(tilesets, table, context.RequestAborted);
            if (!tileset.Succeeded) return tileset.Error;
            var properties = await BoundaryProperties.FindAsync(principal, table.Pool, asked, sources, workspace, context.RequestAborted);
            if (!properties.Succeeded) return properties.Error;

            var stamp = SourceReading.StampOf(properties.Value.Reading, table.Reading);
            var geometry = await maps.UrlsAsync(context, BoundaryRequest.Endpoint, table, asked.GeometryParameters(), asked.Answer, table.Reading.Stamp);
            if (!geometry.Succeeded) return geometry.Error;
            var joined = await maps.UrlsAsync(context, BoundaryRequest.Endpoint, table, asked.ToParameters(), asked.Answer, stamp);
            if (!joined.Succeeded) return joined.Error;
            var map = new StoredMap(
                urls => Instantiation(properties.Value, tileset.Value, urls),
                urls => TileJson(properties.Value, tileset.Value, geometry.Value, urls));
            var kind = asked.Answer.Format is null ? AnswerKinds.Map : AnswerKinds.TileJson;
            return await declarations.DeclareAsync(context, properties.Value, table, kind, () => Task.FromResult(StoredMaps.Describe(context, map, joined.Value, asked.Answer)));
        }, context.RequestAborted);
    }

    private static Task<IResult> GeometryAsync(
        string connection, string z, string x, string y, HttpContext context, MapDefinitions definitions, StoredTables tables, StoredMaps maps, TilesetCatalog tilesets,
        BoundaryTiles tiles, IOptions<TileOptions> options) =>
        TileAsync(connection, (z, x, y), context, definitions, tables, options, withProperties: false, async (_, table, address) =>
        {
            var tileset = await FindAsync(tilesets, table, context.RequestAborted);
            if (!tileset.Succeeded) return tileset.Error;
            return await maps.DeclareAndRenderAsync(
                context, table, new TileJob(address.ToString(), address.Z, cancellationToken => tiles.RenderGeometryAsync(tileset.Value, address, cancellationToken)));
        });

    private static Task<IResult> PropertiesAsync(
        string connection, string z, string x, string y, HttpContext context, MapDefinitions definitions, StoredTables tables, StoredMaps maps, TilesetCatalog tilesets,
        BoundaryTiles tiles, RowSources sources, IWorkspaceDirectory workspace, Declarations declarations, IOptions<TileOptions> options) =>
        TileAsync(connection, (z, x, y), context, definitions, tables, options, withProperties: true, async (request, table, address) =>
        {
            var tileset = await FindAsync(tilesets, table, context.RequestAborted);
            if (!tileset.Succeeded) return tileset.Error;
            var properties = await BoundaryProperties.FindAsync(context.RequirePrincipal(), table.Pool, request, sources, workspace, context.RequestAborted);
            if (!properties.Succeeded) return properties.Error;
            var job = new TileJob(address.ToString(), address.Z, cancellationToken => tiles.RenderPropertiesAsync(tileset.Value, address, properties.Value, cancellationToken));
            return await declarations.DeclareAsync(context, properties.Value, table, AnswerKinds.Tile, () => maps.RenderAsync(table, job, context.RequestAborted));
        });

    private static async Task<IResult> TileAsync(
        string connection, (string Z, string X, string Y) place, HttpContext context, MapDefinitions definitions, StoredTables tables, IOptions<TileOptions> options,
        bool withProperties, Func<BoundaryRequest, StoredTable, TileAddress, Task<IResult>> answer)
    {
        if (TileEndpoints.Check(place, options.Value.MaxZoom, out var address) is { } error) return error;
        var request = await BoundaryRequest.ReadAsync(context.Request, definitions, withProperties, context.RequestAborted);
        if (!request.Succeeded) return request.Error;
        if (request.Value.Answer.TileFormat is not (null or TileFormat.Binary)) return ApiError.BadRequest("The parameter formatTiles must be binary: boundaries come in no other form");
        return await tables.UseAsync(
            context.RequirePrincipal(), connection, request.Value.Tileset, table => answer(request.Value, table, address), context.RequestAborted);
    }

    private static async Task<Outcome<Tileset>> FindAsync(TilesetCatalog tilesets, StoredTable table, CancellationToken cancellationToken)
    {
        var tileset = await tilesets.FindAsync(table, cancellationToken);
        if (tileset is { Succeeded: true, Value.Content: not TileContent.Mvt })
            return ApiError.BadRequest($"{table.Name} cannot be boundaries: that takes a tileset of geometry, stored as Mapbox vector tiles");
        return tileset;
    }

    private static JsonObject Instantiation(BoundaryProperties properties, Tileset tileset, MapUrlSet urls)
    {
        var json = TilesetTileJson.Instantiation(tileset, urls);
        json["schema"] = Schema(properties);
        return json;
    }

    private static JsonObject TileJson(BoundaryProperties properties, Tileset tileset, MapUrlSet geometry, MapUrlSet joined)
    {
        var json = TilesetTileJson.TileJson(tileset, geometry);
        json["tiles"] = new JsonArray(geometry.Tiles(TileFormat.Binary));
        json["properties_tiles"] = new JsonArray(joined.Tiles("properties/{z}/{x}/{y}", TileFormat.Binary));
        json["schema"] = Schema(properties);
        return json;
    }

    private static JsonArray Schema(BoundaryProperties properties) => new([
        new JsonObject { ["name"] = "geom", ["type"] = "geometry" },
        .. new[] { properties.KeyColumn }.Concat(properties.Columns).Select(column => column.Column.ToFieldSchema())
            .Select(JsonNode (field) => new JsonObject { ["name"] = field.Name, ["type"] = field.Type }),
    ]);
}
