using CartoPlatform.MapsApi.Requests;
using CartoPlatform.MapsApi.Sources;
using CartoPlatform.MapsApi.Warm;
using CartoPlatform.Tiles;
using CartoPlatform.Tiles.Mvt;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CartoPlatform.MapsApi.Tiles;

/// <summary>Source → SQL for this tile → rows → encoder; rows of tables in memory need no SQL.</summary>
internal sealed class TileRenderer(
    ProjectedBoxes projected, TileSessions tileSessions, RowPacking packing, ThinnedTiles thinned, WarmLayers warm, IOptions<TileOptions> options)
{
    private readonly TileOptions _options = options.Value;

    public async Task<RenderedTile> RenderAsync(MapSource source, TileAddress address, TileFormat format, CancellationToken cancellationToken)
    {
        var grid = TileLayer.Grid(source, address);
        var isInDatabase = format == TileFormat.Mvt && _options.TileEncoder == TileEncoderKind.Database;
        var isThinned = !isInDatabase && TileLayer.IsThinned(source, _options);
        var simplifies = _options.Simplification && !isInDatabase;
        if (simplifies) grid = grid with { Simplify = true };
        var properties = TileProperty.Of(source, address.Z, isThinned);
        var box = await TileBox.FindAsync(source, grid, projected, cancellationToken);
        if (box is null) return RenderedTile.Empty;
        if (simplifies) box = box.WithoutSpecks(source, grid);
        var mayBeWarm = !isInDatabase && !(isThinned && thinned.HasOverview(source, address.Z));
        var most = isThinned ? _options.MaxRows : TileLayer.MaxFeatures(source, _options);
        if (mayBeWarm && warm.Find(source, properties, new WarmTile(address, box, isThinned, most)) is { } rows)
            return isThinned ? thinned.Render(source, properties, grid, format, rows) : Render(properties, grid, format, rows);

        var query = new TileQuery(source, box, properties);
        return await tileSessions.UseAsync(source, box, connection => isThinned ? thinned.RenderAsync(source, query, grid, format, connection, cancellationToken)
            : isInDatabase ? RenderInDatabaseAsync(source, query, grid, connection, cancellationToken)
            : RenderRowsAsync(source, query, grid, format, connection, cancellationToken), cancellationToken);
    }

    private RenderedTile Render(IReadOnlyList<TileProperty> properties, TileGrid grid, TileFormat format, ITileRows rows)
    {
        using (rows)
        {
            using var encoder = TileLayer.CreateEncoder(format, grid, [.. properties.Select(property => property.ToColumn())]);
            return RenderedTile.Of(encoder, rows.PushInto(encoder, properties, () => HasRoom(encoder))) with { IsOfReading = true };
        }
    }

    private bool HasRoom(ITileEncoder encoder) => encoder.Length <= _options.MaxTileBytes;

    private async Task<RenderedTile> RenderRowsAsync(
        MapSource source, TileQuery query, TileGrid grid, TileFormat format, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var columns = query.Properties.Select(property => property.ToColumn()).ToArray();
        var most = TileLayer.MaxFeatures(source, _options);
        using var encoder = TileLayer.CreateEncoder(format, grid, columns);
        if (await EncodeAsync(source, query, grid, encoder, RowOrder.ByKey, most, connection, cancellationToken) is { } left) return RenderedTile.Of(encoder, left);

        // Too many: once more, the important ones first, so that what is left out does not depend on the order of the rows.
        encoder.Reset(grid, columns);
        left = await EncodeAsync(source, query, grid, encoder, RowOrder.LargestFirst, most, connection, cancellationToken) ?? 0;
        return RenderedTile.Of(encoder, await CountAsync(source, query, connection, cancellationToken) - most + left);
    }

    /// <summary>Encodes the first rows in an order, together or one by one.</summary>
    /// <returns>Rows of these that were left out, for their geometry or the tile's bytes; null when in an order that does not choose there are more.</returns>
    private async Task<long?> EncodeAsync(
        MapSource source, TileQuery query, TileGrid grid, ITileEncoder encoder, RowOrder order, int most, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var chooses = order == RowOrder.LargestFirst;
        using var packed = await packing.TryReadAsync(source, query, order, grid.Address.Z, most, connection, cancellationToken);
        if (packed is { IsCut: true } && !chooses) return null;
        if (packed is not null) return packed.PushInto(encoder, query.Properties, () => HasRoom(encoder));

        await using var command = source.CreateCommand(query.Rows(order), connection, [.. query.Box.Values, chooses ? most : most + 1L]);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        using var rows = new RowReader(reader, query.Properties, encoder);
        long read = 0, beyondBytes = 0;
        while (await reader.ReadAsync(cancellationToken))
        {
            if (++read > most) return null;
            if (!HasRoom(encoder)) beyondBytes++;
            else rows.Take();
        }

        return rows.Unreadable + beyondBytes;
    }

    private async Task<RenderedTile> RenderInDatabaseAsync(
        MapSource source, TileQuery query, TileGrid grid, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var box = grid.Address.MercatorBounds;
        var values = new object[] { (long)_options.MaxFeatures, box.West, box.South, box.East, box.North, source.Spatial.Column.Name };
        byte[] bytes;
        long features, rows;
        await using (var command = source.CreateCommand(query.Mvt(grid.Extent, grid.Buffer), connection, [.. query.Box.Values, .. values]))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            await reader.ReadAsync(cancellationToken);
            bytes = await reader.GetFieldValueAsync<byte[]>(0, cancellationToken);
            (features, rows) = (reader.GetInt64(1), reader.GetInt64(2));
        }

        var dropped = rows < _options.MaxFeatures ? 0 : await CountAsync(source, query, connection, cancellationToken) - rows;
        return new RenderedTile(features == 0 ? default : bytes, MvtEncoder.MediaType, (int)features, dropped);
    }

    private static async Task<long> CountAsync(MapSource source, TileQuery query, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(query.Count, connection, query.Box.Values);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
