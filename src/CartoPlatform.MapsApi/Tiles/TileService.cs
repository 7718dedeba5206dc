using System.Diagnostics;
using CartoPlatform.MapsApi.Requests;
using CartoPlatform.MapsApi.Sources;
using CartoPlatform.MapsApi.Telemetry;
using CartoPlatform.ServiceDefaults.Errors;
using CartoPlatform.Tiles;
using Microsoft.Extensions.Options;

namespace CartoPlatform.MapsApi.Tiles;

/// <summary>Makes a tile within its time limit, and tells what it took.</summary>
internal sealed partial class TileService(TileRenderer renderer, IOptions<TileOptions> options, TimeProvider time, ILogger<TileService> logger)
{
    public async Task<IResult> AnswerAsync(MapSource source, TileAddress address, TileFormat format, CancellationToken cancellationToken)
    {
        using var activity = MapsTelemetry.Activities.StartActivity("tile");
        activity?.SetTag("carto.connection", source.Pool.Record.Name).SetTag("carto.tile", address.ToString());
        var started = time.GetTimestamp();
        using var limit = new CancellationTokenSource(options.Value.TileTimeLimit, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var tile = await renderer.RenderAsync(source, address, format, linked.Token);
            Report(tile, address, time.GetElapsedTime(started));
            return new TileResult(tile);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            activity?.SetStatus(ActivityStatusCode.Error, "time limit");
            LogTimeLimit(address.Z, options.Value.TileTimeLimit.TotalSeconds);
            return new ApiError(StatusCodes.Status408RequestTimeout, $"The tile took longer than {options.Value.TileTimeLimit.TotalSeconds} s: try a deeper zoom, or fewer rows");
        }
    }

    private void Report(RenderedTile tile, TileAddress address, TimeSpan elapsed)
    {
        var zoom = new KeyValuePair<string, object?>("carto.tile.zoom", address.Z);
        MapsTelemetry.TileDuration.Record(elapsed.TotalSeconds, zoom);
        MapsTelemetry.TileFeatures.Record(tile.Features, zoom);
        MapsTelemetry.TileBytes.Add(tile.Bytes.Length, zoom);
        if (tile.Dropped == 0) return;
        MapsTelemetry.TileDropped.Add(tile.Dropped, zoom);
        LogDropped(address.Z, tile.Dropped, tile.Features);
    }

    [LoggerMessage(EventId = 3001, Level = LogLevel.Warning, Message = "A tile of zoom {Zoom} left out {Dropped} rows and kept {Features}")]
    private partial void LogDropped(int zoom, long dropped, int features);

    [LoggerMessage(EventId = 3002, Level = LogLevel.Warning, Message = "A tile of zoom {Zoom} took longer than {Seconds} s: answered 408")]
    private partial void LogTimeLimit(int zoom, double seconds);
}
