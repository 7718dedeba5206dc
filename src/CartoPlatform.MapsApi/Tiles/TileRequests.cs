using CartoPlatform.Contracts.Caching;
using CartoPlatform.MapsApi.Caching;
using CartoPlatform.MapsApi.Requests;
using CartoPlatform.MapsApi.Sources;
using CartoPlatform.ServiceDefaults.Errors;

namespace CartoPlatform.MapsApi.Tiles;

/// <summary>What requests for tiles of all kinds go through: their parameters, the source with the caller's right to it, the limits.</summary>
internal sealed class TileRequests(MapDefinitions definitions, MapSources sources, RecentWord word, TileGate gate, TileService tiles, Declarations declarations)
{
    private const string RetryAfterSeconds = "1";

    /// <param name="kind">Of the source.</param>
    /// <param name="connection">Its name.</param>
    /// <param name="context">The request.</param>
    /// <param name="need">What must be known of the versions of the data of a map's tile.</param>
    /// <param name="plan">What is to be made of a source in a format, if the caller named one; or what is wrong with that.</param>
    public async Task<IResult> AnswerAsync(
        SourceKind kind, string connection, HttpContext context, Func<MapRequest, VersionNeed> need, Func<MapSource, TileFormat?, Outcome<TileJob>> plan)
    {
        var request = await definitions.ReadAsync(kind, context.Request, context.RequestAborted);
        if (!request.Succeeded) return request.Error;

        var (map, answer) = request.Value;
        return await sources.UseAsync(
            context.RequirePrincipal(), connection, map, StartOf(need(map), answer, context.Request),
            source => AnswerAsync(source, answer.TileFormat), context.RequestAborted);

        async Task<IResult> AnswerAsync(MapSource source, TileFormat? format)
        {
            var job = plan(source, format);
            return job.Succeeded
                ? await declarations.DeclareAsync(context, source, AnswerKinds.Tile, () => MakeAsync(source, job.Value, context))
                : job.Error;
        }
    }

    private ReadingStart StartOf(VersionNeed need, AnswerOptions answer, HttpRequest request) => need switch
    {
        VersionNeed.Heard => word.StartOf(request, answer.CacheStamp),
        VersionNeed.None when !Declarations.IsAskedFor(request) => ReadingStart.Unversioned,
        _ => ReadingStart.Now,
    };

    private async Task<IResult> MakeAsync(MapSource source, TileJob job, HttpContext context)
    {
        using var turn = await gate.EnterAsync(source, context.RequestAborted);
        if (turn is not null) return await tiles.AnswerAsync(source, job, context.RequestAborted);
        context.Response.Headers.RetryAfter = RetryAfterSeconds;
        return new ApiError(StatusCodes.Status503ServiceUnavailable, "Too many tiles of this source are asked for at once: try again in a second");
    }
}
