using System.Collections.Concurrent;
using CartoPlatform.MapsApi.Builds;
using CartoPlatform.MapsApi.Requests;
using CartoPlatform.MapsApi.Sources;
using CartoPlatform.MapsApi.Telemetry;
using CartoPlatform.MapsApi.Tiles;
using CartoPlatform.PostGis.Changes;
using CartoPlatform.PostGis.Relations;
using CartoPlatform.Tiles.Snapshots;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CartoPlatform.MapsApi.Warm;

/// <summary>
/// Tables of points, lines or polygons in memory, each of one version of its table, for tiles without the database: read when tiles of a
/// table are asked for again and again, and only where it can be told when it changes. What a tile shows is what the database would have
/// given. Filters, queries, logins of tokens, row-level security and tables with heirs go to the database.
/// </summary>
internal sealed partial class WarmLayers(IOptions<WarmOptions> options, ChangeFeeds feeds, TimeProvider time, ILogger<WarmLayers> logger) : IAsyncDisposable
{
    private const int MaxCounts = 10_000;

    private static readonly TimeSpan TrimPeriod = TimeSpan.FromSeconds(5);

    private readonly WarmOptions _options = options.Value;
    private readonly StampedBuilds<WarmKey, LayerSnapshot> _builds = new(options.Value.MaxBytes, time);
    private readonly ConcurrentDictionary<WarmKey, int> _uses = new();
    private readonly ConcurrentDictionary<(string Connection, string Table), bool> _warm = new();
    private long _trimmedAt;
    private long _answered;

    /// <summary>Tiles whose rows came out of memory.</summary>
    public long Answered => Interlocked.Read(ref _answered);

    /// <summary>Whether a tile of the map may come out of memory, as far as the request tells.</summary>
    public bool MayHave(string connection, MapRequest map) =>
        !_warm.IsEmpty && map is { Kind: SourceKind.Table, Filters: null } && _warm.ContainsKey((connection, map.Source));

    /// <summary>The rows of a tile of the source as it was when its reading began. Null where they are not in memory: then they will be, if that is worth it.</summary>
    /// <param name="source">Read with its versions, or nothing is found.</param>
    /// <param name="properties">What the rows carry.</param>
    /// <param name="tile">Which.</param>
    public ITileRows? Find(MapSource source, IReadOnlyList<TileProperty> properties, WarmTile tile)
    {
        Trim();
        var name = (source.Pool.Record.Name, source.Request.Source);
        if (!IsFor(source))
        {
            if (!_warm.IsEmpty) _warm.TryRemove(name, out _);
            return null;
        }

        var key = WarmKey.Of(source, properties);
        if (!IsWorthwhile(key, name) || source.Reading.Stamp is not { } stamp) return null;
        // Begins to follow the changes: then those who ask for the version at the same time wait for one question.
        feeds.Find(name.Name);
        if (_builds.Find(key, stamp, (makeRoom, stopping) => BuildAsync(source, properties, makeRoom, stopping)) is not { } snapshot) return null;
        if (RowsOf(snapshot, tile) is not { } rows) return null;
        MapsTelemetry.WarmTiles.Add(1);
        Interlocked.Increment(ref _answered);
        return rows;
    }

    public ValueTask DisposeAsync() => _builds.DisposeAsync();

    private bool IsFor(MapSource source) =>
        _options.Enabled && source is
        {
            IsWhole: true, Track: null, Cells: null, Named: null, Request.FeatureId: false, Pool.Login: null,
            Relation: { IsOneHeap: true, EstimatedRows: { } rows },
            Spatial: { CanBeWarm: true },
        }
        && rows <= _options.MaxRows && !(source.Reading.IsVersioned && source.Reading.Stamp is null);

    // Of points there might be too many for a tile where its neighbours have them: then the database tells, and chooses.
    private ITileRows? RowsOf(LayerSnapshot snapshot, WarmTile tile)
    {
        if (snapshot is ShapeSnapshot shapes)
        {
            var found = shapes.Find(tile.Box.ToFilter());
            if (found.Count <= _options.MaxTileRows) return new WarmShapes(found, (int)tile.MostRows);
            found.Dispose();
            return null;
        }

        var points = (PointSnapshot)snapshot;
        var range = points.Find(tile.Address);
        return range.Count > Math.Min(tile.IsThinned ? tile.MostRows : tile.MostRows / 2, _options.MaxTileRows) ? null : new WarmRows(points, range, inOrder: !tile.IsThinned);
    }

    private bool IsWorthwhile(WarmKey key, (string Connection, string Table) name)
    {
        if (_uses.TryGetValue(key, out var uses) && uses >= _options.MinUses)
        {
            if (!_warm.ContainsKey(name)) Note(name);
            return true;
        }

        if (_uses.Count >= MaxCounts) _uses.Clear();
        _uses.AddOrUpdate(key, 1, (_, known) => known + 1);
        return false;
    }

    private void Note((string Connection, string Table) name)
    {
        if (_warm.Count >= MaxCounts) _warm.Clear();
        _warm.TryAdd(name, true);
    }

    private async Task<Product<LayerSnapshot>> BuildAsync(
        MapSource source, IReadOnlyList<TileProperty> properties, Action<long> makeRoom, CancellationToken stopping)
    {
        var relation = source.Relation!;
        try
        {
            var started = time.GetTimestamp();
            var product = await WarmScan.RunAsync(source, properties, _options, makeRoom, stopping);
            if (product.Value is { } snapshot) Report(relation, snapshot, time.GetElapsedTime(started));
            return product;
        }
        catch (Exception exception) when (exception is NpgsqlException or ObjectDisposedException)
        {
            LogFailed(relation.Name, exception.Message);
            return Product<LayerSnapshot>.Failed;
        }
        catch (InvalidDataException)
        {
            // Rows too long to be kept.
            return Product<LayerSnapshot>.Impossible;
        }
    }

    // Nobody calls when memory runs short: it is looked at on the way.
    private void Trim()
    {
        var last = Interlocked.Read(ref _trimmedAt);
        if (last != 0 && time.GetElapsedTime(last) < TrimPeriod) return;
        if (Interlocked.CompareExchange(ref _trimmedAt, time.GetTimestamp(), last) != last) return;
        var memory = GC.GetGCMemoryInfo();
        var isShort = memory.HighMemoryLoadThresholdBytes > 0 && memory.MemoryLoadBytes >= memory.HighMemoryLoadThresholdBytes;
        _builds.Trim(_options.MaxIdle, isShort ? 0 : _options.MaxBytes);
    }

    private void Report(Relation relation, LayerSnapshot snapshot, TimeSpan elapsed)
    {
        MapsTelemetry.WarmDuration.Record(elapsed.TotalSeconds);
        LogBuilt(relation.Schema, relation.Name, snapshot.Count, snapshot.Bytes, elapsed.TotalSeconds);
    }

    [LoggerMessage(EventId = 3201, Level = LogLevel.Information, Message = "{Schema}.{Table} is in memory: {Rows} rows, {Bytes} bytes, {Seconds} s")]
    private partial void LogBuilt(string schema, string table, int rows, long bytes, double seconds);

    [LoggerMessage(EventId = 3202, Level = LogLevel.Warning, Message = "{Table} could not be read into memory: {Reason}")]
    private partial void LogFailed(string table, string reason);
}
