using System.Buffers;
using CartoPlatform.MapsApi.Requests;
using CartoPlatform.MapsApi.Sources;
using CartoPlatform.PostGis.Features;
using CartoPlatform.Tiles;
using CartoPlatform.Tiles.Thinning;
using Npgsql;

namespace CartoPlatform.MapsApi.Tiles;

/// <summary>Tiles of points, of which one stays for each cell of a grid: rows in any order → thinner → encoder.</summary>
internal static class ThinnedTiles
{
    public static async Task<RenderedTile> RenderAsync(
        MapSource source, TileQuery query, TileGrid grid, TileFormat format, TileOptions options, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        using var thinner = CreateThinner(source, grid, options);
        var unreadable = await ReadAsync(source, query, thinner, connection, cancellationToken);
        return Write(thinner, query.Properties, grid, format, unreadable);
    }

    private static PointThinner CreateThinner(MapSource source, TileGrid grid, TileOptions options) =>
        // The cells of the ids of points.
        new(grid, FeatureIdSql.PointLevel(0, source.Request.Resolution.Value), new ThinningBudget(options.MaxFeatures, options.MaxTileBytes));

    /// <returns>Rows whose geometry cannot be drawn.</returns>
    private static async Task<int> ReadAsync(
        MapSource source, TileQuery query, PointThinner thinner, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(query.AllRows, connection, query.Box.Values);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        using var rows = new RowReader(reader, query.Properties, thinner);
        while (await reader.ReadAsync(cancellationToken)) rows.Take();
        return rows.Unreadable;
    }

    private static RenderedTile Write(PointThinner thinner, IReadOnlyList<TileProperty> properties, TileGrid grid, TileFormat format, int unreadable)
    {
        TileColumn[] columns = [.. properties.Select(property => property.ToColumn()), TileProperty.Density];
        using var encoder = TileLayer.CreateEncoder(format, grid, columns);
        var thinned = thinner.WriteTo(encoder, columns);
        var output = new ArrayBufferWriter<byte>(Math.Max(1, encoder.Length));
        if (encoder.FeatureCount > 0) encoder.WriteTo(output);
        return new RenderedTile(output.WrittenMemory, encoder.ContentType, encoder.FeatureCount, thinned.Dropped + unreadable) { Thinned = thinned.Thinned };
    }
}
