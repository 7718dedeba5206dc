using System.Data;
using CartoPlatform.MapsApi.Builds;
using CartoPlatform.MapsApi.Sources;
using CartoPlatform.MapsApi.Tiles;
using CartoPlatform.Tiles.Snapshots;

namespace CartoPlatform.MapsApi.Warm;

/// <summary>Reads a table once and keeps it, on a connection of its own: those of the pool stay free for tiles.</summary>
internal static class WarmScan
{
    // Coastlines of continents have a few of them.
    private const int MaxRowBytes = 32 * 1024 * 1024;

    private const int RowsToJudgeBy = 5_000;

    // The first rows need not be like all others, nor the number of rows what the planner knows.
    private const double Tolerance = 1.1;

    /// <param name="source">The table.</param>
    /// <param name="properties">What its rows carry.</param>
    /// <param name="options">What it may take.</param>
    /// <param name="makeRoom">Told what it will take, when that can be told.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<Product<LayerSnapshot>> RunAsync(
        MapSource source, IReadOnlyList<TileProperty> properties, WarmOptions options, Action<long> makeRoom, CancellationToken cancellationToken)
    {
        await using var database = source.Pool.OpenForScan("CartoPlatform warm layer", options.ScanTimeLimit);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        var sql = new TileQuery(source, TileBox.Everything, properties).Whole;
        await using var copy = await connection.BeginRawBinaryCopyAsync($"COPY ({sql}) TO STDOUT (FORMAT BINARY)", cancellationToken);
        // The statement has its snapshot: if nothing has changed until now, that is of the version that was asked for.
        if (!await source.Reading.HoldsAsync(cancellationToken)) return Product<LayerSnapshot>.Outdated;

        var columns = properties.Select(property => KindOf(property.Type));
        using SnapshotBuilder builder = source.Spatial.IsPoints ? new PointSnapshotBuilder(columns) : new ShapeSnapshotBuilder(columns);
        var rows = new CopyRows(copy, MaxRowBytes);
        var hasRoom = false;
        while (await rows.ReadAsync(cancellationToken))
        {
            if (!Add(rows, properties, builder) || IsTooLarge(builder, options)) return Product<LayerSnapshot>.Impossible;
            if (hasRoom || builder.Count < RowsToJudgeBy) continue;
            var expected = ExpectedBytes(builder, source);
            // What will not fit is better known before all of the room is taken.
            if (expected > options.MaxBytes * Tolerance) return Product<LayerSnapshot>.Impossible;
            makeRoom(Math.Min(expected, options.MaxBytes));
            hasRoom = true;
        }

        var snapshot = builder.Build();
        return snapshot.Bytes > options.MaxBytes ? Product<LayerSnapshot>.Impossible : new Product<LayerSnapshot>(true, snapshot, snapshot.Bytes);
    }

    private static bool IsTooLarge(SnapshotBuilder builder, WarmOptions options) => builder.Bytes > options.MaxBytes || builder.Count > options.MaxRows;

    private static long ExpectedBytes(SnapshotBuilder builder, MapSource source) =>
        (long)((double)builder.Bytes / builder.Count * (source.Relation?.EstimatedRows ?? 0));

    /// <returns>Whether all of them can be held.</returns>
    private static bool Add(CopyRows rows, IReadOnlyList<TileProperty> properties, SnapshotBuilder builder)
    {
        while (rows.TryTake(out var row))
        {
            if (!PackedRow.TryPush(row, PackedRow.CopyPrefix, builder, properties) || !builder.CanHold) return false;
        }

        return true;
    }

    private static SnapshotValueKind KindOf(TileValueType type) => type switch
    {
        TileValueType.Int32 or TileValueType.Int64 => SnapshotValueKind.Integer,
        TileValueType.Single => SnapshotValueKind.Single,
        TileValueType.Double => SnapshotValueKind.Double,
        TileValueType.Boolean => SnapshotValueKind.Boolean,
        _ => SnapshotValueKind.Text,
    };
}
