using CartoPlatform.MapsApi.Sources;
using CartoPlatform.MapsApi.Tiles;
using CartoPlatform.Tiles;

namespace CartoPlatform.MapsApi.Cells;

/// <summary>
/// Quadbin tiles of points: column and row of the Mercator grid are simple arithmetic, which PostgreSQL does; the two become a cell here.
/// </summary>
internal static class QuadbinPoints
{
    // Places in the key for the column; 26 are needed.
    private const int RowShift = 32;

    // Beyond the square of Mercator everything belongs to its edge; at the pole itself there is no logarithm.
    private const string Row = "0.5 - ln(tan(radians(45 + least(greatest(d.lat, -89), 89) / 2))) / (2 * pi())";

    public static async ValueTask<CellTileSql?> FindAsync(
        MapSource source, CellLayer layer, long tile, ProjectedBoxes projected, CancellationToken cancellationToken)
    {
        if (!Quadbin.TryGetTile(tile, out var address)) throw new ArgumentException("The tile is no quadbin cell", nameof(tile));
        if (await TileBox.FindAsync(source, new TileGrid(address), projected, cancellationToken) is not { } box) return null;

        var next = source.Parameters.Count + box.Values.Length;
        var (span, shift, column, row) = ($"${next + 1}", $"${next + 2}", $"${next + 3}", $"${next + 4}");
        var from = $"""
            {PointSql.From(source)}
            CROSS JOIN LATERAL (SELECT floor((d.lon + 180) / 360 * {span}), floor(({Row}) * {span}) OFFSET 0) AS w(x, y)
            CROSS JOIN LATERAL (SELECT least(greatest(w.x, 0), {span} - 1)::bigint, least(greatest(w.y, 0), {span} - 1)::bigint OFFSET 0) AS q(x, y)
            """;
        string[] conditions =
        [
            .. new[] { box.ToSql(source), TileQuery.SameSystem(source.Spatial) }.OfType<string>(),
            // Of what is null least and greatest take the other: without a place there is no cell.
            $"d.lon IS NOT NULL AND d.lat IS NOT NULL AND (q.x >> {shift}) = {column} AND (q.y >> {shift}) = {row}",
        ];
        var zoom = layer.CellResolution(tile);
        object[] values = [.. box.Values, (double)(1L << zoom), zoom - address.Z, (long)address.X, (long)address.Y];
        return new CellTileSql(from, conditions, $"((q.y << {RowShift}) | q.x)", values)
        {
            ToCell = key => Quadbin.FromTile(TileAddress.Create(zoom, (int)(key & uint.MaxValue), (int)(key >> RowShift))),
        };
    }
}
