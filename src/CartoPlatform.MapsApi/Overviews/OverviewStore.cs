using System.Collections.Concurrent;
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
    // A table that changes all the time is not scanned all the time.
    private const int RestFactor = 5;

    private static readonly TimeSpan LeastRest = TimeSpan.FromSeconds(1);

    private readonly OverviewOptions _options = options.Value;
    private readonly ConcurrentDictionary<Key, Slot> _slots = new();
    private readonly SemaphoreSlim _scanning = new(1);
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Whether an overview may reach a tile of this zoom of the map, as far as the request tells.</summary>
    public bool MayCover(int zoom, MapRequest map) =>
        _options.Enabled && tiles.Value.PointThinning && map is { Kind: SourceKind.Table, Filters: null, AggregationExp: null, Track: null }
        && zoom + FeatureIdSql.PointLevel(0, map.Resolution.Value) <= _options.Level;

    /// <summary>Whether the source's rows are what an overview can stand for, now or when it is built.</summary>
    public bool IsFor(MapSource source) =>
        _options.Enabled && source is { IsWhole: true, Relation: { IsOneHeap: true, EstimatedRows: { } rows }, Reading.Stamp: not null }
        && rows >= _options.MinRows && TileLayer.IsThinned(source, tiles.Value) && TileQuery.SameSystem(source.Spatial) is null;

    /// <summary>The overview of the source as it was when its reading began. Null where there is none yet: then it is being made, if it can be.</summary>
    public PointOverview? Find(MapSource source)
    {
        if (!IsFor(source)) return null;
        var slot = _slots.GetOrAdd(new Key(source.Pool.Record.Id, source.Pool.Record.Revision, source.Relation!.Oid, source.Spatial.Column.Name), _ => new Slot());
        lock (slot)
        {
            slot.UsedAt = time.GetTimestamp();
            if (slot.Stamp == source.Reading.Stamp) return slot.Overview;
            slot.Overview = null;
            if (slot.IsBuilding || time.GetUtcNow() < slot.RestsUntil) return null;
            slot.IsBuilding = true;
        }

        slot.Building = Task.Run(() => BuildAsync(slot, source));
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_slots.Values.Select(slot => slot.Building));
        _stopping.Dispose();
        _scanning.Dispose();
    }

    private async Task BuildAsync(Slot slot, MapSource source)
    {
        var (isCurrent, overview) = (false, (PointOverview?)null);
        var rest = LeastRest;
        try
        {
            await _scanning.WaitAsync(_stopping.Token);
            try
            {
                var started = time.GetTimestamp();
                (isCurrent, overview) = await OverviewScan.RunAsync(source, _options, _stopping.Token);
                var elapsed = time.GetElapsedTime(started);
                rest = elapsed * RestFactor > LeastRest ? elapsed * RestFactor : LeastRest;
                if (overview is not null) Report(source.Relation!, overview, elapsed);
            }
            finally
            {
                _scanning.Release();
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return;
        }
        catch (Exception exception) when (exception is NpgsqlException or ObjectDisposedException)
        {
            LogFailed(source.Relation!.Name, exception.Message);
            rest = TimeSpan.FromMinutes(1);
        }
        finally
        {
            lock (slot)
            {
                (slot.IsBuilding, slot.RestsUntil) = (false, time.GetUtcNow() + rest);
                // Without an overview but with a stamp: there cannot be one.
                if (isCurrent) (slot.Stamp, slot.Overview) = (source.Reading.Stamp, overview);
            }
        }

        Evict();
    }

    private void Report(Relation relation, PointOverview overview, TimeSpan elapsed)
    {
        MapsTelemetry.OverviewDuration.Record(elapsed.TotalSeconds);
        LogBuilt(relation.Schema, relation.Name, overview.Rows, overview.Level, elapsed.TotalSeconds);
    }

    private void Evict()
    {
        var slots = _slots.OrderByDescending(pair => pair.Value.UsedAt).ToArray();
        var bytes = 0L;
        foreach (var (key, slot) in slots)
        {
            bytes += slot.Overview?.Bytes ?? 0;
            if (bytes <= _options.MaxBytes || slot.IsBuilding) continue;
            _slots.TryRemove(key, out _);
        }
    }

    [LoggerMessage(EventId = 3101, Level = LogLevel.Information, Message = "The overview of {Schema}.{Table} is built: {Rows} rows, cells of level {Level}, {Seconds} s")]
    private partial void LogBuilt(string schema, string table, long rows, int level, double seconds);

    [LoggerMessage(EventId = 3102, Level = LogLevel.Warning, Message = "The overview of {Table} could not be built: {Reason}")]
    private partial void LogFailed(string table, string reason);

    private sealed record Key(Guid Connection, long Revision, uint Relation, string Column);

    private sealed class Slot
    {
        public long? Stamp { get; set; }

        public PointOverview? Overview { get; set; }

        public long UsedAt { get; set; }

        public bool IsBuilding { get; set; }

        public DateTimeOffset RestsUntil { get; set; }

        public Task Building { get; set; } = Task.CompletedTask;
    }
}
