using CartoPlatform.MapsApi.Requests;
using CartoPlatform.MapsApi.Sources;
using CartoPlatform.PostGis.Features;
using CartoPlatform.Tiles;
using CartoPlatform.Tiles.Thinning;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CartoPlatform.MapsApi.Tiles;

/// <summary>Tiles of points, of which one stays for each cell of a grid: rows in any order → thinner → encoder.</summary>
internal sealed class ThinnedTiles(RowPacking packing, IOptions<TileOptions> options)
{
    public async Task<RenderedTile> RenderAsync(
        MapSource source, TileQuery query, TileGrid grid, TileFormat format, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        using var thinner = CreateThinner(source, grid, options.Value);
        var unreadable = await ReadPackedAsync(source, query, grid, thinner, connection, cancellationToken)
            ?? await ReadAsync(source, query, thinner, connection, cancellationToken);
        return Write(thinner, query.Properties, grid, format, unreadable);
    }

    private static PointThinner CreateThinner(MapSource source, TileGrid grid, TileOptions options) =>
        // The cells of the ids of points.
        new(grid, FeatureIdSql.PointLevel(0, source.Request.Resolution.Value), new ThinningBudget(options.MaxFeatures, options.MaxTileBytes));

    /// <returns>Rows whose geometry cannot be drawn; null when the rows have to be read one by one.</returns>
    private async Task<long?> ReadPackedAsync(
        MapSource source, TileQuery query, TileGrid grid, PointThinner thinner, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        using var rows = await packing.TryReadAsync(source, query, isOrdered: false, grid.Address.Z, int.MaxValue, connection, cancellationToken);
        return rows?.PushInto(thinner, query.Properties, () => true);
    }

    /// <returns>Rows whose geometry cannot be drawn.</returns>
    private static async Task<long> ReadAsync(
        MapSource source, TileQuery query, PointThinner thinner, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(query.AllRows, connection, query.Box.Values);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        using var rows = new RowReader(reader, query.Properties, thinner);
        while (await reader.ReadAsync(cancellationToken)) rows.Take();
        return rows.Unreadable;
    }

    private static RenderedTile Write(PointThinner thinner, IReadOnlyList<TileProperty> properties, TileGrid grid, TileFormat format, long unreadable)
    {
        TileColumn[] columns = [.. properties.Select(property => property.ToColumn()), TileProperty.Density];
        using var encoder = TileLayer.CreateEncoder(format, grid, columns);
        var thinned = thinner.WriteTo(encoder, columns);
        return RenderedTile.Of(encoder, thinned.Dropped + unreadable) with { Thinned = thinned.Thinned };
    }
}
