using System.Text.Json;
using CartoPlatform.Contracts.Caching;
using CartoPlatform.Contracts.Maps;
using CartoPlatform.MapsApi.Boundaries;
using CartoPlatform.MapsApi.Downloads;
using CartoPlatform.MapsApi.Sources;
using CartoPlatform.MapsApi.Stored;
using CartoPlatform.MapsApi.Tiles;
using CartoPlatform.PostGis.Caching;
using CartoPlatform.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Http.HttpResults;

namespace CartoPlatform.MapsApi.Caching;

/// <summary>Tells the cache about answers that may be kept.</summary>
internal sealed class Declarations(SourceReadings readings)
{
    private static readonly string[] AnyApi = ["maps"];

    /// <summary>Whether a cache listens.</summary>
    public static bool IsAskedFor(HttpRequest request) => request.Headers.ContainsKey(CacheDeclaration.ClientHeader);

    /// <summary>Makes the answer and declares it. Errors are not declared, nor what will be better soon, what changed while it was read, or what no cache asks for; downloads are read later.</summary>
    public Task<IResult> DeclareAsync(HttpContext context, MapSource source, string kind, Func<Task<IResult>> answer) =>
        DeclareAsync(context, source.Reading, new RequestedRights(AnyApi, source.Relation, source.Relation is null ? source.Request.Source : null, source.Named), kind, answer);

    /// <summary>The same for a table of finished tiles.</summary>
    public Task<IResult> DeclareAsync(HttpContext context, StoredTable table, string kind, Func<Task<IResult>> answer) =>
        DeclareAsync(context, table.Reading, new RequestedRights(AnyApi, table.Relation, null), kind, answer);

    /// <summary>The same for a table of finished tiles, with attributes of another source.</summary>
    public Task<IResult> DeclareAsync(HttpContext context, BoundaryProperties properties, StoredTable table, string kind, Func<Task<IResult>> answer) => DeclareAsync(
        context, answer,
        _ => readings.EndAsync((properties.Reading, properties.RightsFor(AnyApi)), (table.Reading, new RequestedRights(AnyApi, table.Relation, null)), kind, context.RequestAborted));

    private Task<IResult> DeclareAsync(HttpContext context, SourceReading reading, RequestedRights rights, string kind, Func<Task<IResult>> answer) =>
        DeclareAsync(
            context, answer, result => readings.EndAsync(reading, kind, rights, result is TileResult { IsOfReading: true }, context.RequestAborted));

    private static async Task<IResult> DeclareAsync(HttpContext context, Func<Task<IResult>> answer, Func<IResult, ValueTask<CacheDeclaration?>> end)
    {
        var result = await answer();
        var isProvisional = result is TileResult { IsProvisional: true } or JsonHttpResult<TileJson> { Value: { Sampled: true } or { IsProvisional: true } }
            or JsonHttpResult<MapInstantiation> { Value.IsProvisional: true };
        if (result is ApiError or DownloadResult || isProvisional || !IsAskedFor(context.Request)) return result;
        if (await end(result) is { } declaration)
            context.Response.Headers[CacheDeclaration.Header] = JsonSerializer.Serialize(declaration, CachingJson.Default.CacheDeclaration);
        return result;
    }
}
