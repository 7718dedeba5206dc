using System.Text.Encodings.Web;
using System.Text.Json;
using CartoPlatform.Contracts.Caching;
using CartoPlatform.Contracts.Maps;
using CartoPlatform.MapsApi.Caching;
using CartoPlatform.MapsApi.Cells;
using CartoPlatform.MapsApi.Downloads;
using CartoPlatform.MapsApi.Requests;
using CartoPlatform.MapsApi.Sources;
using CartoPlatform.MapsApi.Summaries;
using CartoPlatform.MapsApi.TileJsons;
using CartoPlatform.MapsApi.Urls;
using CartoPlatform.ServiceDefaults.Errors;

namespace CartoPlatform.MapsApi.Maps;

/// <summary>Answers what there is to know of a map before its tiles: the instantiation and the TileJSON.</summary>
internal sealed class MapService(
    MapDefinitions definitions, MapSources sources, MapUrls urls, SourceFacts facts, TileJsonBuilder tileJsons, CellTileJsonBuilder cellTileJsons, Declarations declarations, TimeProvider time)
{
    // The ampersands of URLs and names beyond ASCII stay readable: these answers are JSON, and never part of a page.
    private static readonly MapsJson Json = new(new JsonSerializerOptions(MapsJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public async Task<IResult> AnswerAsync(SourceKind kind, string connection, HttpContext context)
    {
        var request = await definitions.ReadAsync(kind, context.Request, context.RequestAborted);
        if (!request.Succeeded) return request.Error;

        var (map, answer) = request.Value;
        var declared = answer.Format is null ? AnswerKinds.Map : AnswerKinds.TileJson;
        return await sources.UseAsync(
            context.RequirePrincipal(), connection, map, ReadingStart.Now,
            source => declarations.DeclareAsync(context, source, declared, () => AnswerAsync(source, answer, context)),
            context.RequestAborted);
    }

    private async Task<IResult> AnswerAsync(MapSource source, AnswerOptions answer, HttpContext context)
    {
        if (DownloadFormat.Find(answer.Format) is { } format)
        {
            return format == DownloadFormat.GeoJson && !source.Spatial.Column.IsSpatial
                ? ApiError.BadRequest("Cells have no geometry: ask for format=json or ndjson")
                : new DownloadResult(source, format);
        }

        var connection = source.Pool.Record;
        var stamp = source.Reading.Stamp ?? (answer.Format is null ? null : answer.CacheStamp) ?? CacheStamp.Now(time, connection.Revision);
        if (context.Request.Headers[CacheDeclaration.ClientHeader] is [{ Length: > 0 } client]) answer = answer with { Client = client };
        var set = await urls.ForAsync(context.Request, connection.Name, source.Request, answer, stamp, context.RequestAborted);
        if (!set.Succeeded) return set.Error;

        // Never a 304 here: it has no body, which the client library cannot bear (contract, section 1.7).
        context.Response.Headers.CacheControl = "private, no-cache";
        return answer.Format is null
            ? TypedResults.Json(await InstantiateAsync(source, set.Value, context.RequestAborted), Json.MapInstantiation)
            : TypedResults.Json(await DescribeTilesAsync(source, set.Value, context.RequestAborted), Json.TileJson);
    }

    private Task<TileJson> DescribeTilesAsync(MapSource source, MapUrlSet set, CancellationToken cancellationToken) => source.Cells is { } cells
        ? cellTileJsons.BuildAsync(source, cells, set, cancellationToken)
        : tileJsons.BuildAsync(source, set, cancellationToken);

    private async Task<MapInstantiation> InstantiateAsync(MapSource source, MapUrlSet set, CancellationToken cancellationToken)
    {
        var summary = await facts.CountAsync(source, cancellationToken);
        return new MapInstantiation
        {
            Nrows = summary.Rows,
            IsProvisional = summary.IsProvisional,
            Schema = [.. source.Columns.Select(reference => reference.Column.ToFieldSchema())],
            Tilejson = new([set.Data("tilejson")]),
            Geojson = new([set.Data("geojson")]),
            Json = new([set.Data("json")]),
            Ndjson = new([set.Data("ndjson")]),
        };
    }
}
