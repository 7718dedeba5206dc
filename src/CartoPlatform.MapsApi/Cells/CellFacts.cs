using CartoPlatform.MapsApi.Sources;
using CartoPlatform.MapsApi.Summaries;
using CartoPlatform.PostGis.Cells;
using CartoPlatform.Tiles;
using CartoPlatform.Tiles.Cells;

namespace CartoPlatform.MapsApi.Cells;

/// <param name="Source">Rows and bounds.</param>
/// <param name="Invalid">Rows without a valid cell; null where they were not counted.</param>
internal sealed record CellSummary(SourceSummary Source, long? Invalid);

/// <summary>Summaries of columns of cells, exact for as many rows as two seconds reach.</summary>
internal sealed class CellFacts(SourceFacts facts, TimeProvider time)
{
    // Cells whose boxes are united: of finer ones their parents, of about a degree.
    private const int MaxH3Resolution = 3, MaxQuadbinZoom = 8;

    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(2);

    public async Task<CellSummary> SummarizeAsync(MapSource source, CellLayer layer, CellColumn column, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(TimeLimit, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await MeasureAsync(source, layer.Scheme, column, linked.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new CellSummary(await facts.CountAsync(source, cancellationToken) with { Bounds = null }, null);
        }
    }

    private static async Task<CellSummary> MeasureAsync(MapSource source, CellScheme scheme, CellColumn column, CancellationToken cancellationToken)
    {
        var cells = new CellSql(scheme);
        var coarse = scheme == CellScheme.H3 ? MaxH3Resolution : MaxQuadbinZoom;
        var parent = cells.Parent("k.cell", $"least({cells.Resolution("k.cell")}, {coarse})");
        await using var connection = await source.Pool.Reader.OpenConnectionAsync(cancellationToken);
        await using var command = source.CreateCommand(
            $"SELECT CASE WHEN {cells.IsValid("k.cell")} THEN {parent} END, count(*) FROM {source.FromSql} {column.LateralSql} {source.WhereSql} GROUP BY 1", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var (rows, invalid) = (0L, 0L);
        Bounds? bounds = null;
        while (await reader.ReadAsync(cancellationToken))
        {
            var count = reader.GetInt64(1);
            rows += count;
            if (await reader.IsDBNullAsync(0, cancellationToken)) invalid += count;
            else bounds = Unite(bounds, CellBounds.Around(scheme, reader.GetInt64(0)));
        }

        return new CellSummary(new SourceSummary(rows, bounds), invalid);
    }

    private static Bounds Unite(Bounds? bounds, Bounds cell)
    {
        var reached = new Bounds(
            Math.Max(cell.West, -180), Math.Max(cell.South, -WebMercator.MaxLatitude), Math.Min(cell.East, 180), Math.Min(cell.North, WebMercator.MaxLatitude));
        return bounds is not { } known
            ? reached
            : new Bounds(Math.Min(known.West, reached.West), Math.Min(known.South, reached.South), Math.Max(known.East, reached.East), Math.Max(known.North, reached.North));
    }
}
