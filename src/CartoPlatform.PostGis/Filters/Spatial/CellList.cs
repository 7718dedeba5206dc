using System.Text.Json;
using CartoPlatform.PostGis.Queries;
using CartoPlatform.Tiles.Cells;

namespace CartoPlatform.PostGis.Filters.Spatial;

/// <summary>A spatial filter that names cells: <c>{"indexes": ["8a2a1072b59ffff"], "type": "h3"}</c>.</summary>
internal static class CellList
{
    private const string Indexes = "indexes";
    private const int MaxCells = 100_000;

    public static bool IsList(JsonElement filter) => filter.ValueKind == JsonValueKind.Object && filter.TryGetProperty(Indexes, out _);

    public static IReadOnlyList<long>? Read(JsonElement filter, CellScheme scheme, out string? error)
    {
        error = null;
        var indexes = filter.GetProperty(Indexes);
        if (indexes.ValueKind != JsonValueKind.Array) error = "The indexes of a spatial filter must be an array";
        else if (indexes.GetArrayLength() > MaxCells) error = $"A spatial filter has more than {MaxCells} indexes";
        else if (!IsOf(filter, scheme)) error = $"The type of a spatial filter's indexes must be that of the column, {scheme.Name}";
        if (error is not null) return null;

        var cells = new List<long>(indexes.GetArrayLength());
        foreach (var index in indexes.EnumerateArray())
        {
            if (ToText(index) is { } text && scheme.TryParse(text, out var cell))
            {
                cells.Add(cell);
                continue;
            }

            error = $"An index of a spatial filter is not a cell of {scheme.Name}";
            return null;
        }

        return cells;
    }

    /// <summary>The cells of a column's resolution that are these or belong to them; finer ones are not in the column.</summary>
    public static IReadOnlyList<CellRange> Find(IReadOnlyList<long> cells, CellScheme scheme, int resolution)
    {
        var ranges = cells.Where(cell => scheme.Resolution(cell) <= resolution).Select(cell => scheme.Descendants(cell, resolution));
        return CellRange.Merge(ranges.Select(range => new CellRange(range.First, range.Last)), scheme.Finer(resolution) + 1);
    }

    // "h3int" says how the column spells cells; a list may spell them either way. Without a type they are the column's.
    private static bool IsOf(JsonElement filter, CellScheme scheme)
    {
        if (!filter.TryGetProperty("type", out var type) || type.ValueKind == JsonValueKind.Null) return true;
        return type.ValueKind == JsonValueKind.String
            && (type.ValueEquals(scheme.Name) || (scheme == CellScheme.H3 && type.ValueEquals("h3int")));
    }

    private static string? ToText(JsonElement index) => index.ValueKind switch
    {
        JsonValueKind.String => JsonText.TryRead(index, out var text) ? text : null,
        JsonValueKind.Number => index.GetRawText(),
        _ => null,
    };
}
