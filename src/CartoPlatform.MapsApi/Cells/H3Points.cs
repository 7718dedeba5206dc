using CartoPlatform.MapsApi.Sources;
using CartoPlatform.MapsApi.Tiles;
using CartoPlatform.Tiles.Cells;
using Npgsql;

namespace CartoPlatform.MapsApi.Cells;

/// <summary>
/// H3 tiles of points. PostgreSQL cannot tell a point's cell: the tile's places are fetched, their cells found here, and sent back, and
/// the rows are joined to them by place (decision 0007). Both statements see one snapshot.
/// </summary>
internal static class H3Points
{
    /// <summary>Distinct places in one tile, 24 bytes each on the way back.</summary>
    public const int MaxPlaces = 2_000_000;

    public static async ValueTask<CellTileSql?> FindAsync(
        MapSource source, CellLayer layer, long tile, ProjectedBoxes projected, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (await TileBox.FindAsync(source, CellBounds.Around(layer.Scheme, tile), projected, cancellationToken) is not { } box) return null;

        string[] conditions = [.. new[] { box.ToSql(source), TileQuery.SameSystem(source.Spatial) }.OfType<string>(), "d.lon IS NOT NULL AND d.lat IS NOT NULL"];
        var places = await ReadPlacesAsync(source, layer, tile, conditions, box.Values, connection, cancellationToken);
        if (places.Cells.Count == 0) return null;

        var next = source.Parameters.Count + box.Values.Length;
        var from = $"""
            {PointSql.From(source)}
            JOIN unnest(${next + 1}::float8[], ${next + 2}::float8[], ${next + 3}::int8[]) AS c(lon, lat, cell) ON c.lon = d.lon AND c.lat = d.lat
            """;
        return new CellTileSql(from, conditions, "c.cell", [.. box.Values, places.Longitudes, places.Latitudes, places.Cells]);
    }

    private static async Task<(List<double> Longitudes, List<double> Latitudes, List<long> Cells)> ReadPlacesAsync(
        MapSource source, CellLayer layer, long tile, string[] conditions, object[] values, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        string[] all = [.. conditions, .. new[] { source.FilterSql }.OfType<string>()];
        var sql = $"SELECT DISTINCT d.lon, d.lat FROM {PointSql.From(source)} WHERE {string.Join(" AND ", all)} LIMIT ${source.Parameters.Count + values.Length + 1}";
        await using var command = source.CreateCommand(sql, connection, [.. values, MaxPlaces + 1L]);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var (longitudes, latitudes, cells) = (new List<double>(), new List<double>(), new List<long>());
        var (resolution, tileResolution) = (layer.CellResolution(tile), layer.Scheme.Resolution(tile));
        for (var read = 1; await reader.ReadAsync(cancellationToken); read++)
        {
            if (read > MaxPlaces) throw new TileTooLargeException($"The tile holds more than {MaxPlaces} places: try a deeper zoom");
            var (longitude, latitude) = (reader.GetDouble(0), reader.GetDouble(1));
            var cell = CellScheme.H3.FromDegrees(longitude, latitude, resolution);
            if (layer.Scheme.Parent(cell, tileResolution) != tile) continue;
            longitudes.Add(longitude);
            latitudes.Add(latitude);
            cells.Add(cell);
        }

        return (longitudes, latitudes, cells);
    }
}
