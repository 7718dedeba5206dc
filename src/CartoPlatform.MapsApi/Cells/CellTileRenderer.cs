using System.Buffers;
using System.Data;
using CartoPlatform.MapsApi.Requests;
using CartoPlatform.MapsApi.Sources;
using CartoPlatform.MapsApi.Tiles;
using CartoPlatform.Tiles;
using CartoPlatform.Tiles.CartoTiles;
using CartoPlatform.Tiles.Cells;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CartoPlatform.MapsApi.Cells;

/// <summary>Source → SQL for this tile → a row per cell → encoder.</summary>
internal sealed class CellTileRenderer(ProjectedBoxes projected, IOptions<TileOptions> options)
{
    private readonly TileOptions _options = options.Value;

    public async Task<RenderedTile> RenderAsync(MapSource source, CellLayer layer, long tile, TileFormat format, CancellationToken cancellationToken)
    {
        await using var connection = await source.Pool.OpenReaderAsync(cancellationToken);
        // Two statements of one tile must see the same rows.
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        var sql = await FindSqlAsync(source, layer, tile, connection, cancellationToken);
        if (sql is null) return RenderedTile.Empty;

        var properties = layer.Properties;
        using (var encoder = CreateEncoder(layer.Scheme, format, properties))
        {
            if (await EncodeAsync(source, layer, sql, properties, encoder, sample: false, connection, cancellationToken) is { } dropped)
                return Finish(encoder, dropped);
        }

        using var sample = CreateEncoder(layer.Scheme, format, properties);
        var left = await EncodeAsync(source, layer, sql, properties, sample, sample: true, connection, cancellationToken);
        return Finish(sample, left ?? 0);
    }

    private async ValueTask<CellTileSql?> FindSqlAsync(
        MapSource source, CellLayer layer, long tile, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (layer.Stored is { } column) return layer.DataResolution is null ? null : StoredCells.Find(source, layer, column, tile);
        return layer.Scheme == CellScheme.H3
            ? await H3Points.FindAsync(source, layer, tile, projected, connection, cancellationToken)
            : await QuadbinPoints.FindAsync(source, layer, tile, projected, cancellationToken);
    }

    /// <returns>Cells that were left out; null when there are more than a tile may have, and no sample was asked for.</returns>
    private async Task<long?> EncodeAsync(
        MapSource source, CellLayer layer, CellTileSql sql, IReadOnlyList<TileProperty> properties, ICellEncoder encoder, bool sample,
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var limit = sample ? _options.MaxFeatures : _options.MaxFeatures + 1L;
        await using var command = source.CreateCommand(sql.Select(source, layer, properties, sample), connection, [.. sql.Values, limit]);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        using var attributes = new AttributeReader(reader, properties, encoder);
        long all = 0;
        for (long read = 1; await reader.ReadAsync(cancellationToken); read++)
        {
            if (read > _options.MaxFeatures) return null;
            all = sample ? reader.GetInt64(properties.Count + 1) : read;
            if (encoder.Length > _options.MaxTileBytes) continue;
            encoder.BeginCell(sql.ToCell(reader.GetInt64(0)));
            attributes.Take();
            encoder.EndCell();
        }

        return all - encoder.CellCount;
    }

    private static RenderedTile Finish(ICellEncoder encoder, long dropped)
    {
        if (encoder.CellCount == 0) return RenderedTile.Empty;
        var output = new ArrayBufferWriter<byte>(encoder.Length);
        encoder.WriteTo(output);
        return new RenderedTile(output.WrittenMemory, encoder.ContentType, encoder.CellCount, dropped);
    }

    private static ICellEncoder CreateEncoder(CellScheme scheme, TileFormat format, IReadOnlyList<TileProperty> properties)
    {
        TileColumn[] columns = [.. properties.Select(property => property.ToColumn())];
        return format == TileFormat.Json ? new SpatialJsonEncoder(columns) : new SpatialTileEncoder(scheme, columns);
    }
}
