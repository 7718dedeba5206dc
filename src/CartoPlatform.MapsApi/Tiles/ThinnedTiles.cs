using System.Text.Json;
using CartoPlatform.MapsApi.Overviews;
using CartoPlatform.MapsApi.Requests;
using CartoPlatform.MapsApi.Sources;
using CartoPlatform.PostGis.Features;
using CartoPlatform.Tiles;
using CartoPlatform.Tiles.Thinning;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CartoPlatform.MapsApi.Tiles;

/// <summary>
/// Tiles of points, of which one stays for each cell of a grid: rows in any order → thinner → encoder. At low zooms of large tables the
/// rows are those that the table's overview names; until there is one, and where there cannot be, too many rows are sampled.
/// </summary>
internal sealed class ThinnedTiles(OverviewStore overviews, RowPacking packing, IOptions<TileOptions> options)
{
    // A share of the rows in thousandths: whoever asks again gets the same blocks.
    private const double Thousand = 1000;

    private readonly TileOptions _options = options.Value;

    public async Task<RenderedTile> RenderAsync(
        MapSource source, TileQuery query, TileGrid grid, TileFormat format, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (overviews.Find(source) is { } overview && overview.Covers(grid.Address, CellBits(source)))
        {
            var whole = await FromOverviewAsync(source, query, grid, format, overview, connection, cancellationToken);
            // Had the table changed since its version was read, rows could be elsewhere.
            if (await source.Reading.HoldsAsync(cancellationToken)) return whole;
            whole.Dispose();
        }

        var share = await ShareAsync(source, query, connection, cancellationToken);
        using var thinner = CreateThinner(source, grid);
        object[] values = share is null ? query.Box.Values : [.. query.Box.Values, share.Value * 100];
        var unreadable = (share is null ? await ReadPackedAsync(source, query, grid, thinner, connection, cancellationToken) : null)
            ?? await ReadAsync(source, query, query.AllRows(share is not null), values, thinner, connection, cancellationToken);
        var tile = Write(thinner, query.Properties, grid, format, 1 / (share ?? 1));
        return tile with { Dropped = tile.Dropped + unreadable, Sampled = share, IsProvisional = share is not null && overviews.IsFor(source) };
    }

    /// <summary>Whether tiles of this zoom come out of the table's overview: then its rows need not be in memory.</summary>
    public bool HasOverview(MapSource source, int zoom) => overviews.Covers(source, zoom);

    /// <summary>A tile of all its rows, which are in memory.</summary>
    public RenderedTile Render(MapSource source, IReadOnlyList<TileProperty> properties, TileGrid grid, TileFormat format, ITileRows rows)
    {
        using (rows)
        {
            using var thinner = CreateThinner(source, grid);
            var left = rows.PushInto(thinner, properties, () => true);
            var tile = Write(thinner, properties, grid, format, scale: 1);
            return tile with { Dropped = tile.Dropped + left, IsOfReading = true };
        }
    }

    // Those of the ids of points.
    public static int CellBits(MapSource source) => FeatureIdSql.PointLevel(0, source.Request.Resolution.Value);

    private PointThinner CreateThinner(MapSource source, TileGrid grid) =>
        new(grid, CellBits(source), new ThinningBudget(_options.MaxFeatures, _options.MaxTileBytes));

    private async Task<RenderedTile> FromOverviewAsync(
        MapSource source, TileQuery query, TileGrid grid, TileFormat format, PointOverview overview, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var cells = overview.Cells(grid.Address, CellBits(source));
        if (cells.Count == 0) return RenderedTile.Empty;
        using var thinner = CreateThinner(source, grid);
        foreach (var cell in cells) thinner.SetCount(cell.Column, cell.Row, cell.Count);
        thinner.Weight = 0;
        await ReadAsync(source, query, query.RowsAt, [OverviewScan.ToTids(cells.Select(cell => cell.Address))], thinner, connection, cancellationToken);
        return Write(thinner, query.Properties, grid, format, scale: 1);
    }

    /// <returns>Which share of the rows can be looked at; null for all.</returns>
    private async Task<double?> ShareAsync(MapSource source, TileQuery query, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (!source.CanBeSampled || source.Relation!.EstimatedRows <= _options.MaxRows) return null;
        await using var command = source.CreateCommand($"EXPLAIN (FORMAT JSON) {query.AllRows(isSampled: false)}", connection, query.Box.Values);
        using var plan = JsonDocument.Parse((string)(await command.ExecuteScalarAsync(cancellationToken))!);
        var rows = plan.RootElement[0].GetProperty("Plan").GetProperty("Plan Rows").GetDouble();
        return rows <= _options.MaxRows ? null : Math.Max(1, Math.Floor(_options.MaxRows / rows * Thousand)) / Thousand;
    }

    /// <returns>Rows whose geometry cannot be drawn; null when the rows have to be read one by one.</returns>
    private async Task<long?> ReadPackedAsync(
        MapSource source, TileQuery query, TileGrid grid, PointThinner thinner, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        using var rows = await packing.TryReadAsync(source, query, RowOrder.Any, grid.Address.Z, int.MaxValue, connection, cancellationToken);
        return rows?.PushInto(thinner, query.Properties, () => true);
    }

    /// <returns>Rows whose geometry cannot be drawn.</returns>
    private static async Task<long> ReadAsync(
        MapSource source, TileQuery query, string sql, object[] values, PointThinner thinner, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(sql, connection, values);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        using var rows = new RowReader(reader, query.Properties, thinner);
        while (await reader.ReadAsync(cancellationToken)) rows.Take();
        return rows.Unreadable;
    }

    private static RenderedTile Write(PointThinner thinner, IReadOnlyList<TileProperty> properties, TileGrid grid, TileFormat format, double scale)
    {
        TileColumn[] columns = [.. properties.Select(property => property.ToColumn()), TileProperty.Density];
        using var encoder = TileLayer.CreateEncoder(format, grid, columns);
        var thinned = thinner.WriteTo(encoder, columns, scale);
        return RenderedTile.Of(encoder, Scaled(thinned.Dropped)) with { Thinned = Scaled(thinned.Thinned) };

        long Scaled(long rows) => (long)Math.Round(rows * scale);
    }
}
