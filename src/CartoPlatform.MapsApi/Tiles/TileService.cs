using System.Diagnostics;
using CartoPlatform.MapsApi.Sources;
using CartoPlatform.MapsApi.Telemetry;
using CartoPlatform.PostGis.Filters;
using CartoPlatform.ServiceDefaults.Errors;
using Microsoft.Extensions.Options;

namespace CartoPlatform.MapsApi.Tiles;

/// <summary>Makes a tile within its time limit, and tells what it took.</summary>
internal sealed partial class TileService(IOptions<TileOptions> options, RegExpTime regExpTime, TimeProvider time, ILogger<TileService> logger)
{
    public Task<IResult> AnswerAsync(MapSource source, TileJob job, CancellationToken cancellationToken) =>
        AnswerAsync(
            source.Pool.Record.Name,
            source.Parameters.HoldsRegExp ? job with { RenderAsync = token => regExpTime.RunAsync(source.Parameters, job.RenderAsync, token) } : job,
            cancellationToken);

    /// <param name="connection">Its name, for traces.</param>
    /// <param name="job">What to make.</param>
    /// <param name="cancellationToken">Of the caller.</param>
    public async Task<IResult> AnswerAsync(string connection, TileJob job, CancellationToken cancellationToken)
    {
        using var activity = MapsTelemetry.Activities.StartActivity("tile");
        activity?.SetTag("carto.connection", connection).SetTag("carto.tile", job.Name);
        var started = time.GetTimestamp();
        using var limit = new CancellationTokenSource(options.Value.TileTimeLimit, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var rendered = await job.RenderAsync(linked.Token);
            Report(rendered, job.Zoom, time.GetElapsedTime(started));
            return new TileResult(rendered);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            activity?.SetStatus(ActivityStatusCode.Error, "time limit");
            LogTimeLimit(job.Zoom, options.Value.TileTimeLimit.TotalSeconds);
            return new ApiError(StatusCodes.Status408RequestTimeout, $"The tile took longer than {options.Value.TileTimeLimit.TotalSeconds} s: try a deeper zoom, or fewer rows");
        }
        catch (TileTooLargeException exception)
        {
            return ApiError.BadRequest(exception.Message);
        }
    }

    private void Report(RenderedTile tile, int zoom, TimeSpan elapsed)
    {
        var tag = new KeyValuePair<string, object?>("carto.tile.zoom", zoom);
        MapsTelemetry.TileDuration.Record(elapsed.TotalSeconds, tag);
        MapsTelemetry.TileFeatures.Record(tile.Features, tag);
        MapsTelemetry.TileBytes.Add(tile.Bytes.Length, tag);
        if (tile.Thinned > 0) MapsTelemetry.TileThinned.Add(tile.Thinned, tag);
        if (tile.Simplified > 0) MapsTelemetry.TileSimplified.Add(tile.Simplified, tag);
        if (tile.Sampled is not null) MapsTelemetry.TilesSampled.Add(1, tag);
        if (tile.Dropped == 0) return;
        MapsTelemetry.TileDropped.Add(tile.Dropped, tag);
        LogDropped(zoom, tile.Dropped, tile.Features);
    }

    [LoggerMessage(EventId = 3001, Level = LogLevel.Warning, Message = "A tile of zoom {Zoom} left out {Dropped} rows and kept {Features}")]
    private partial void LogDropped(int zoom, long dropped, int features);

    [LoggerMessage(EventId = 3002, Level = LogLevel.Warning, Message = "A tile of zoom {Zoom} took longer than {Seconds} s: answered 408")]
    private partial void LogTimeLimit(int zoom, double seconds);
}
