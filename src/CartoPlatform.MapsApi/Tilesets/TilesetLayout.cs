using CartoPlatform.PostGis;
using CartoPlatform.PostGis.Columns;
using CartoPlatform.PostGis.Relations;

namespace CartoPlatform.MapsApi.Tilesets;

/// <summary>Which columns of a table hold a tileset, quoted for SQL.</summary>
internal sealed record TilesetLayout
{
    private static readonly string[] DataNames = ["data", "tile_data", "mvt"];
    private static readonly string[] CellNames = ["index", "h3", "quadbin", "cell", "tile"];

    public required string Data { get; init; }

    /// <summary>Whether the tiles are text: base64, or JSON.</summary>
    public required bool IsText { get; init; }

    /// <summary>Zoom, column and row; null where tiles are named by a cell alone.</summary>
    public (string Z, string X, string Y)? Place { get; init; }

    /// <summary>The cell of a tile as text; null where there is no column for it.</summary>
    public string? Cell { get; init; }

    /// <summary>The column of cells itself, so that its index is used.</summary>
    public string? RawCell { get; init; }

    public bool IsCellText { get; init; }

    /// <summary>Metadata in a column of their own; null where there is none.</summary>
    public string? Metadata { get; init; }

    /// <summary>The condition of the row that holds no tile but the metadata.</summary>
    public string MetadataRow => Place is { Z: var zoom } ? $"{zoom} IS NULL OR {zoom} < 0" : IsCellText ? $"{RawCell} IS NULL" : $"{RawCell} IS NULL OR {RawCell} <= 0";

    public string TileRow => Place is { Z: var zoom } ? $"{zoom} >= 0" : $"{RawCell} IS NOT NULL{(IsCellText ? "" : $" AND {RawCell} > 0")}";

    /// <summary>Null where the table is no tileset.</summary>
    public static TilesetLayout? Find(Relation relation)
    {
        var data = Find(relation, DataNames, column => column.TypeName is "bytea" or "json" or "jsonb" || column.Kind == ColumnKind.Text);
        if (data is null) return null;

        var (z, x, y) = (FindInteger(relation, "z", "zoom_level"), FindInteger(relation, "x", "tile_column"), FindInteger(relation, "y", "tile_row"));
        var cell = Find(relation, CellNames, column => column.Kind is ColumnKind.Int64 or ColumnKind.Text);
        var hasPlace = z is not null && x is not null && y is not null;
        if (!hasPlace && cell is null) return null;

        var metadata = Find(relation, ["metadata"], column => column.Kind is ColumnKind.Text or ColumnKind.Json);
        return new TilesetLayout
        {
            Data = data.TypeName == "bytea" ? Quote(data) : $"{Quote(data)}::text",
            IsText = data.TypeName != "bytea",
            Place = hasPlace ? (Quote(z!), Quote(x!), Quote(y!)) : null,
            Cell = cell is null ? null : $"{Quote(cell)}::text",
            RawCell = cell is null ? null : Quote(cell),
            IsCellText = cell?.Kind == ColumnKind.Text,
            Metadata = metadata is null ? null : $"{Quote(metadata)}::text",
        };
    }

    private static Column? FindInteger(Relation relation, params string[] names) =>
        Find(relation, names, column => column.Kind is ColumnKind.Int16 or ColumnKind.Int32 or ColumnKind.Int64 or ColumnKind.Numeric);

    private static Column? Find(Relation relation, string[] names, Func<Column, bool> fits) =>
        names.Select(relation.FindColumn).FirstOrDefault(column => column is not null && fits(column));

    private static string Quote(Column column) => SqlIdentifier.Quote(column.Name);
}
