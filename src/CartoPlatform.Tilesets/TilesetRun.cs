using System.Text.Json.Nodes;
using CartoPlatform.Tiles;
using CartoPlatform.Tilesets.Plans;
using CartoPlatform.Tilesets.Rendering;
using CartoPlatform.Tilesets.Snapshots;
using CartoPlatform.Tilesets.Writing;
using Npgsql;

namespace CartoPlatform.Tilesets;

/// <summary>Makes one tileset, from the input to the finished table. Run again after it was interrupted, it goes on where it was.</summary>
/// <param name="database">Of the owner: it reads the input and may create tables where the output goes.</param>
/// <param name="plan">What to make.</param>
/// <param name="time">The clock.</param>
public sealed class TilesetRun(NpgsqlDataSource database, TilesetPlan plan, TimeProvider time)
{
    private const double ShareOfSnapshot = 0.1, ShareOfTiles = 0.85;

    /// <summary>Takes the share done and what is being done.</summary>
    public Action<double, string> Progress { get; init; } = (_, _) => { };

    /// <summary>Takes the connection at the beginning of the transaction that publishes the tileset; false gives up.</summary>
    public Func<NpgsqlConnection, CancellationToken, Task<bool>>? Publishing { get; init; }

    /// <returns>The number of tiles; null when <see cref="Publishing"/> gave up.</returns>
    /// <exception cref="TilesetException">It cannot be made as it was asked for.</exception>
    public async Task<long?> RunAsync(CancellationToken cancellationToken)
    {
        TilesetPlanReader.Check(plan);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await RequireFreeAsync(connection, cancellationToken);
        await LockAsync(connection, cancellationToken);

        Progress(0, "reading");
        await StagingTables.ExecuteAsync(connection, "SET timezone = 'UTC'; SET datestyle = 'ISO, YMD'; SET extra_float_digits = 1", cancellationToken);
        var source = await SourceColumns.DescribeAsync(connection, plan, cancellationToken);
        var snapshot = await SnapshotAsync(connection, source, cancellationToken);
        var staging = new StagingTables(plan);
        await staging.PrepareAsync(connection, snapshot, time, cancellationToken);
        if (snapshot is CellSnapshot cells) await cells.LearnAsync(connection, staging.Rows, cancellationToken);

        var counts = await RenderAsync(connection, snapshot, staging, cancellationToken);
        Progress(ShareOfSnapshot + ShareOfTiles, "statistics");
        var metadata = await DescribeAsync(connection, snapshot, staging, counts, cancellationToken);
        var tiles = await CountAsync(connection, staging.Tiles, cancellationToken);
        if (!await staging.PublishAsync(connection, metadata, Publishing, cancellationToken)) return null;
        Progress(1, "done");
        return tiles;
    }

    private int MaxZoom(ISnapshot snapshot) => snapshot is CellSnapshot cells ? cells.MaxZoom : plan.MaxZoom ?? plan.MinZoom;

    private async Task<ZoomCounts> RenderAsync(NpgsqlConnection reader, ISnapshot snapshot, StagingTables staging, CancellationToken cancellationToken)
    {
        var done = await staging.ReadDoneAsync(reader, cancellationToken);
        await using var writer = await database.OpenConnectionAsync(cancellationToken);
        ITileSource tiles = snapshot switch
        {
            FeatureSnapshot features => new SimpleTiles(plan, features, staging.Rows),
            PointSnapshot points => new AggregatedPointTiles(plan, points, staging.Rows),
            CellSnapshot cells => new SpatialIndexTiles(plan, cells, staging.Rows),
            _ => throw new InvalidOperationException("There is no such snapshot."),
        };
        using (tiles as IDisposable)
        {
            await tiles.RenderAsync(
                reader, done.ContainsKey,
                async (unit, made, unitCounts) =>
                {
                    await staging.WriteAsync(writer, unit, made, unitCounts, cancellationToken);
                    done.Add(unit, unitCounts);
                },
                share => Progress(ShareOfSnapshot + (share * ShareOfTiles), "tiling"), cancellationToken);
        }

        var counts = new ZoomCounts();
        foreach (var unit in done.Values) counts.Add(unit);
        return counts;
    }

    private async Task<ISnapshot> SnapshotAsync(NpgsqlConnection connection, SourceColumns source, CancellationToken cancellationToken)
    {
        if (plan.Kind == TilesetKind.Simple) return new FeatureSnapshot(plan, source);

        IReadOnlyList<AggregatedProperty> aggregates = plan.Aggregates is { Count: > 0 } given ? given : [new AggregatedProperty("aggregated_total", "count(*)")];
        var list = string.Join(", ", aggregates.Select((aggregate, index) => $"{aggregate.Formula} AS {FeatureSnapshot.Column(index)}"));
        var types = await SourceColumns.DescribeAsync(connection, $"SELECT {list} FROM {source.FromSql}", cancellationToken);
        if (types.Count != aggregates.Count) throw new TilesetException("A formula is more than one expression.");
        TileValue[] values = [.. aggregates.Select((aggregate, index) => TileValue.From(aggregate.Name, types[index].Type, aggregate.Formula))];
        return plan.Kind == TilesetKind.PointAggregation ? new PointSnapshot(plan, source, values) : new CellSnapshot(plan, source, values);
    }

    private async Task<JsonObject> DescribeAsync(NpgsqlConnection connection, ISnapshot snapshot, StagingTables staging, ZoomCounts counts, CancellationToken cancellationToken)
    {
        var maxZoom = MaxZoom(snapshot);
        var statistics = await TileStatistics.ReadAsync(connection, snapshot.StatisticsSql(staging.Rows, maxZoom), snapshot.Values, plan.Scheme is not null, cancellationToken);
        var bounds = Clamp(await snapshot.MeasureAsync(connection, staging.Rows, cancellationToken) ?? new Bounds(-180, -WebMercator.MaxLatitude, 180, WebMercator.MaxLatitude));
        var metadata = new JsonObject { ["name"] = plan.Output.ToString(), ["version"] = "1.0.0", ["generator"] = "CartoPlatform" };
        foreach (var (name, value) in plan.Metadata) metadata[name] = value?.DeepClone();
        metadata["bounds"] = new JsonArray(bounds.West, bounds.South, bounds.East, bounds.North);
        metadata["center"] = new JsonArray((bounds.West + bounds.East) / 2, (bounds.South + bounds.North) / 2, plan.MinZoom);
        (metadata["minzoom"], metadata["maxzoom"]) = (plan.MinZoom, maxZoom);
        metadata["fraction_dropped_per_zoom"] = new JsonArray([.. counts.FractionsDropped(maxZoom).Select(share => JsonValue.Create(share))]);
        if (plan.Scheme is { } scheme) AddCells(metadata, scheme.Name, (CellSnapshot)snapshot, maxZoom);
        else metadata["vector_layers"] = new JsonArray((JsonNode)Layer(snapshot, statistics, maxZoom));
        metadata["tilestats"] = statistics;
        return metadata;
    }

    private void AddCells(JsonObject metadata, string scheme, CellSnapshot cells, int maxZoom)
    {
        metadata["scheme"] = scheme;
        metadata["spatial_index_column"] = $"{scheme}:{plan.CellColumn}";
        (metadata["minresolution"], metadata["maxresolution"]) = (plan.MinZoom, maxZoom);
        (metadata["dataresolution"], metadata["aggregation_resolution"]) = (cells.DataResolution, plan.AggregationResolution);
    }

    private JsonObject Layer(ISnapshot snapshot, JsonObject statistics, int maxZoom)
    {
        var layer = new JsonObject
        {
            ["id"] = "default",
            ["minzoom"] = plan.MinZoom,
            ["maxzoom"] = maxZoom,
            ["fields"] = new JsonObject(snapshot.Values.Select(value => KeyValuePair.Create(value.Name, (JsonNode?)value.StatisticsType))),
        };
        if (statistics["layers"]?[0]?["geometry"] is { } geometry) layer["geometry_type"] = geometry.DeepClone();
        return layer;
    }

    private async Task RequireFreeAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT (SELECT relkind::text FROM pg_class WHERE oid = to_regclass($1)), to_regnamespace($2) IS NULL", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = plan.Output.Quoted });
        command.Parameters.Add(new NpgsqlParameter { Value = Names.Quote(plan.Output.Schema) });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        if (reader.GetBoolean(1)) throw new TilesetException($"There is no schema {plan.Output.Schema}: create it first.");
        if (await reader.IsDBNullAsync(0, cancellationToken)) return;
        if (!plan.Overwrite) throw StagingTables.Exists(plan.Output);
        if (reader.GetString(0) is not ("r" or "p")) throw new TilesetException($"{plan.Output} exists already and is not a table: give another name.");
    }

    // Held by the session: it ends with this run, whatever becomes of the process.
    private async Task LockAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT pg_try_advisory_lock(hashtextextended($1, 0))", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = $"carto tileset {plan.Output}" });
        if (await command.ExecuteScalarAsync(cancellationToken) is not true) throw new TilesetException($"The tileset {plan.Output} is being made already.");
    }

    private static async Task<long> CountAsync(NpgsqlConnection connection, string table, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"SELECT count(*) FROM {table}", connection) { CommandTimeout = 0 };
        return (long)(await command.ExecuteScalarAsync(cancellationToken) ?? 0L);
    }

    private static Bounds Clamp(Bounds box) => new(
        Math.Clamp(box.West, -180, 180), Math.Clamp(box.South, -WebMercator.MaxLatitude, WebMercator.MaxLatitude),
        Math.Clamp(box.East, -180, 180), Math.Clamp(box.North, -WebMercator.MaxLatitude, WebMercator.MaxLatitude));
}
