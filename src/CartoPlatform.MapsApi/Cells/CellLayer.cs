using CartoPlatform.MapsApi.Tiles;
using CartoPlatform.PostGis.Cells;
using CartoPlatform.PostGis.Columns;
using CartoPlatform.Tiles.Cells;

namespace CartoPlatform.MapsApi.Cells;

/// <summary>The cells that a map draws: where they come from, and what they carry.</summary>
internal sealed record CellLayer
{
    public required CellScheme Scheme { get; init; }

    /// <summary>By how much cells are finer than their tile.</summary>
    public required int Level { get; init; }

    /// <summary>The column of cells; null where cells are made of points.</summary>
    public CellColumn? Stored { get; init; }

    /// <summary>The resolution of the cells in the column; null for points, and for a column without a cell.</summary>
    public int? DataResolution { get; init; }

    /// <summary>The caller's expressions in SQL, over the rows of a cell.</summary>
    public required IReadOnlyList<string> ValueSql { get; init; }

    /// <summary>Their aliases as written, and their types; in SQL, columns of what <see cref="CellTileSql"/> selects from.</summary>
    public required IReadOnlyList<ColumnReference> Values { get; init; }

    public IReadOnlyList<TileProperty> Properties => [.. Values.Select(TileProperty.From)];

    /// <summary>The finest tile that still gets finer cells than its parent.</summary>
    public int MaxTileResolution => Math.Max(0, (Stored is null ? Scheme.MaxResolution : DataResolution ?? 0) - Level);

    /// <summary>The resolution of the cells in a tile.</summary>
    public int CellResolution(long tile) => Math.Min(Scheme.Resolution(tile) + Level, Scheme.MaxResolution);
}
