using System.Text.Json.Nodes;
using CartoPlatform.Contracts.Caching;
using CartoPlatform.MapsApi.Caching;
using CartoPlatform.MapsApi.Requests;
using CartoPlatform.MapsApi.Tiles;
using CartoPlatform.MapsApi.Urls;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.Tiles;

namespace CartoPlatform.MapsApi.Stored;

/// <summary>What all maps of finished tiles have in common: parameters, the table with the caller's right to it, URLs, the cache.</summary>
internal sealed class StoredMaps(StoredTables tables, MapUrls urls, TileService tiles, Declarations declarations, TimeProvider time)
{
    public static readonly string[] MapMethods = [HttpMethods.Get, HttpMethods.Head, HttpMethods.Post];
    public static readonly string[] TileMethods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>The instantiation, or with <c>format=tilejson</c> the TileJSON.</summary>
    /// <param name="endpoint">The kind of source, as a path segment.</param>
    /// <param name="connection">Its name.</param>
    /// <param name="context">The request.</param>
    /// <param name="describe">Makes both of a table, or says what is wrong with it.</param>
    public async Task<IResult> DescribeAsync(
        string endpoint, string connection, HttpContext context, Func<StoredTable, Task<Outcome<StoredMap>>> describe)
    {
        var request = await NamedRequest.ReadAsync(context.Request, context.RequestAborted);
        if (!request.Succeeded) return request.Error;

        var (name, answer) = request.Value;
        var kind = answer.Format is null ? AnswerKinds.Map : AnswerKinds.TileJson;
        return await tables.UseAsync(
            context.RequirePrincipal(), connection, name,
            table => declarations.DeclareAsync(context, table, kind, () => DescribeAsync(table)), context.RequestAborted);

        async Task<IResult> DescribeAsync(StoredTable table)
        {
            var map = await describe(table);
            if (!map.Succeeded) return map.Error;
            var set = await UrlsAsync(context, endpoint, table, request.Value.ToParameters(), answer);
            if (!set.Succeeded) return set.Error;
            return Describe(context, map.Value, set.Value, answer);
        }
    }

    /// <summary>The answer to a description; never a 304, which has no body, and the client library cannot bear that (contract, section 1.7).</summary>
    public static IResult Describe(HttpContext context, StoredMap map, MapUrlSet set, AnswerOptions answer)
    {
        context.Response.Headers.CacheControl = "private, no-cache";
        return StoredJson.Answer(answer.Format is null ? map.Instantiate(set) : map.DescribeTiles(set));
    }

    public ValueTask<Outcome<MapUrlSet>> UrlsAsync(
        HttpContext context, string endpoint, StoredTable table, IReadOnlyList<KeyValuePair<string, string>> parameters, AnswerOptions answer, long? stamp = null)
    {
        stamp ??= table.Reading.Stamp ?? (answer.Format is null ? null : answer.CacheStamp) ?? CacheStamp.Now(time, table.Pool.Record.Revision);
        if (context.Request.Headers[CacheDeclaration.ClientHeader] is [{ Length: > 0 } client]) answer = answer with { Client = client };
        return urls.ForAsync(context.Request, table.Pool.Record.Name, endpoint, parameters, answer, stamp.Value, context.RequestAborted);
    }

    /// <summary>A tile of a table that the request names.</summary>
    /// <param name="connection">Its name.</param>
    /// <param name="context">The request.</param>
    /// <param name="plan">What is to be made of the table in a format, if the caller named one; or what is wrong with that.</param>
    public async Task<IResult> TileAsync(string connection, HttpContext context, Func<StoredTable, TileFormat?, Task<Outcome<TileJob>>> plan)
    {
        var request = await NamedRequest.ReadAsync(context.Request, context.RequestAborted);
        if (!request.Succeeded) return request.Error;

        return await tables.UseAsync(context.RequirePrincipal(), connection, request.Value.Name, AnswerAsync, context.RequestAborted);

        async Task<IResult> AnswerAsync(StoredTable table)
        {
            var job = await plan(table, request.Value.Answer.TileFormat);
            return job.Succeeded ? await DeclareAndRenderAsync(context, table, job.Value) : job.Error;
        }
    }

    /// <summary>Makes a tile of this table alone, and tells the cache.</summary>
    public Task<IResult> DeclareAndRenderAsync(HttpContext context, StoredTable table, TileJob job) =>
        declarations.DeclareAsync(context, table, AnswerKinds.Tile, () => RenderAsync(table, job, context.RequestAborted));

    /// <summary>Makes a tile within its limits. One that is stored in a form that cannot be read is an error, never an empty tile.</summary>
    public async Task<IResult> RenderAsync(StoredTable table, TileJob job, CancellationToken cancellationToken)
    {
        try
        {
            return await tiles.AnswerAsync(table.Pool.Record.Name, job, cancellationToken);
        }
        catch (TileFormatException exception)
        {
            return new ApiError(StatusCodes.Status500InternalServerError, $"The tile {job.Name} of {table.Name} cannot be read: {exception.Message}");
        }
    }
}

/// <summary>What there is to say of a map before its tiles, once its URLs are known.</summary>
internal sealed record StoredMap(Func<MapUrlSet, JsonObject> Instantiate, Func<MapUrlSet, JsonObject> DescribeTiles);
