using CartoPlatform.MapsApi.Builds;
using CartoPlatform.MapsApi.Requests;
using CartoPlatform.MapsApi.Sources;
using CartoPlatform.MapsApi.Telemetry;
using CartoPlatform.MapsApi.Tiles;
using CartoPlatform.PostGis.Features;
using CartoPlatform.PostGis.Relations;
using CartoPlatform.Tiles.Thinning;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CartoPlatform.MapsApi.Overviews;

/// <summary>
/// Overviews of large tables of points, each of one version of its table: built in the background when a tile first asks for one, one at
/// a time, and only where it can be told when the table changes. Filters, queries, row-level security and tables with heirs have none.
/// </summary>
internal sealed partial class OverviewStore(IOptions<OverviewOptions> options, IOptions<TileOptions> tiles, TimeProvider time, ILogger<OverviewStore> logger) : IAsyncDisposable
{
    private readonly OverviewOptions _options = options.Value;
    private readonly StampedBuilds<Key, PointOverview> _builds = new(options.Value.MaxBytes, time);

    /// <summary>Whether an overview may reach a tile of this zoom of the map, as far as the request tells.</summary>
    public bool MayCover(int zoom, MapRequest map) =>
        _options.Enabled && tiles.Value.PointThinning && map is { Kind: SourceKind.Table, Filters: null, AggregationExp: null, Track: null }
        && zoom + FeatureIdSql.PointLevel(0, map.Resolution.Value) <= _options.Level;

    /// <summary>Whether the source's rows are what an overview can stand for, now or when it is built.</summary>
    public bool IsFor(MapSource source) =>
        _options.Enabled && source is { IsWhole: true, Relation: { IsOneHeap: true, EstimatedRows: { } rows }, Reading.Stamp: not null }
        && rows >= _options.MinRows && TileLayer.IsThinned(source, tiles.Value) && TileQuery.SameSystem(source.Spatial) is null;

    /// <summary>Whether an overview shows the source at this zoom, now or when it is built.</summary>
    public bool Covers(MapSource source, int zoom) => zoom + FeatureIdSql.PointLevel(0, source.Request.Resolution.Value) <= _options.Level && IsFor(source);

    /// <summary>The overview of the source as it was when its reading began. Null where there is none yet: then it is being made, if it can be.</summary>
    public PointOverview? Find(MapSource source) => IsFor(source) && source.Reading.Stamp is { } stamp
        ? _builds.Find(new Key(source.Pool.Record.Id, source.Pool.Record.Revision, source.Relation!.Oid, source.Spatial.Column.Name), stamp, (_, stopping) => BuildAsync(source, stopping))
        : null;

    public ValueTask DisposeAsync() => _builds.DisposeAsync();

    private async Task<Product<PointOverview>> BuildAsync(MapSource source, CancellationToken stopping)
    {
        try
        {
            var started = time.GetTimestamp();
            var (isCurrent, overview) = await OverviewScan.RunAsync(source, _options, stopping);
            if (overview is not null) Report(source.Relation!, overview, time.GetElapsedTime(started));
            return new Product<PointOverview>(isCurrent, overview, overview?.Bytes ?? 0);
        }
        catch (Exception exception) when (exception is NpgsqlException or ObjectDisposedException)
        {
            LogFailed(source.Relation!.Name, exception.Message);
            return Product<PointOverview>.Failed;
        }
    }

    private void Report(Relation relation, PointOverview overview, TimeSpan elapsed)
    {
        MapsTelemetry.OverviewDuration.Record(elapsed.TotalSeconds);
        LogBuilt(relation.Schema, relation.Name, overview.Rows, overview.Level, elapsed.TotalSeconds);
    }

    [LoggerMessage(EventId = 3101, Level = LogLevel.Information, Message = "The overview of {Schema}.{Table} is built: {Rows} rows, cells of level {Level}, {Seconds} s")]
    private partial void LogBuilt(string schema, string table, long rows, int level, double seconds);

    [LoggerMessage(EventId = 3102, Level = LogLevel.Warning, Message = "The overview of {Table} could not be built: {Reason}")]
    private partial void LogFailed(string table, string reason);

    private sealed record Key(Guid Connection, long Revision, uint Relation, string Column);
}
