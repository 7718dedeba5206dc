using CartoPlatform.MapsApi.Sources;
using CartoPlatform.PostGis.Cells;

namespace CartoPlatform.MapsApi.Cells;

/// <summary>
/// Tiles of a column of cells. A row belongs to the tile that its cell belongs to at the tile's resolution, and is counted in the cell's
/// parent at the resolution that the tile shows, or in the cell itself where that is coarser. Rows without a valid cell are in no tile.
/// </summary>
internal static class StoredCells
{
    public static CellTileSql Find(MapSource source, CellLayer layer, CellColumn column, long tile)
    {
        var (scheme, cells, first) = (layer.Scheme, new CellSql(layer.Scheme), source.Parameters.Count + 1);
        var resolution = scheme.Resolution(tile);
        var cell = column.IsNumber ? column.Reference.Sql : "k.cell";
        var lateral = column.IsNumber ? "" : column.LateralSql;
        var rolledUp = cells.Parent(cell, $"least({cells.Resolution(cell)}, ${first + 2})");
        var values = new List<object> { tile, resolution, layer.CellResolution(tile) };
        var conditions = new List<string>
        {
            $"{cells.Resolution(cell)} >= ${first + 1} AND {cells.Parent(cell, $"${first + 1}")} = ${first} AND {cells.IsValid(cell)}",
        };
        if (column.IsNumber)
        {
            // What an index answers, whatever resolutions the column mixes: of coarser ones than the tile's there are none.
            conditions.Add($"({string.Join(" OR ", Enumerable.Range(0, scheme.MaxResolution + 1).Select(Range))})");

            string Range(int other)
            {
                var (from, to) = other < resolution ? (1, 0) : scheme.Descendants(tile, other);
                values.AddRange([from, to]);
                return $"{cell} BETWEEN ${first + values.Count - 2} AND ${first + values.Count - 1}";
            }
        }

        var from = $"{source.FromSql} {lateral} CROSS JOIN LATERAL (SELECT {rolledUp} OFFSET 0) AS g(cell)";
        return new CellTileSql(from, conditions, "g.cell", [.. values]);
    }
}
