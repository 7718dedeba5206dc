using CartoPlatform.PostGis.Filters;
using CartoPlatform.Tiles.Cells;
using Npgsql;

namespace CartoPlatform.PostGis.Cells;

/// <summary>The condition that a cell lies in one of many ranges.</summary>
internal static class CellRangeSql
{
    private const string Nothing = "false";

    // Ranges that PostgreSQL looks up in an index one by one; more of them are searched by halves, row by row.
    private const int IndexRanges = 8;

    public static string Write(CellColumn column, IReadOnlyList<CellRange> ranges, SqlParameterList parameters)
    {
        if (ranges.Count == 0) return Nothing;
        if (!column.IsNumber) return $"(SELECT {Search("k.cell", ranges, parameters)} FROM (SELECT {column.NumberSql} OFFSET 0) AS k(cell))";

        var cell = column.Reference.Sql;
        var outer = CellRange.Coarsen(ranges, IndexRanges).Select(range => $"{cell} BETWEEN {Add(range.First, parameters)} AND {Add(range.Last, parameters)}");
        var reached = $"({string.Join(" OR ", outer)})";
        return ranges.Count <= IndexRanges ? reached : $"({reached} AND {Search(cell, ranges, parameters)})";
    }

    // The last range that begins at or before the cell must end at or behind it. Before the first there is none: null.
    private static string Search(string cell, IReadOnlyList<CellRange> ranges, SqlParameterList parameters)
    {
        var first = Add(ranges.Select(range => range.First).ToArray(), parameters);
        var last = Add(ranges.Select(range => range.Last).ToArray(), parameters);
        return $"coalesce({cell} <= ({last})[width_bucket({cell}, {first})], false)";
    }

    private static string Add<T>(T value, SqlParameterList parameters) => parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
}
