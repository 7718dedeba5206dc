using System.Globalization;
using CartoPlatform.PostGis;
using CartoPlatform.PostGis.Sources;

namespace CartoPlatform.SqlApi.Models;

/// <summary>A page of rows and how many there are in all, in one statement.</summary>
internal static class PageSql
{
    /// <param name="context">Of the model.</param>
    /// <param name="values">The columns of the answer: what each is called, and how it is made.</param>
    /// <param name="condition">On the rows, beside the filters; null for none.</param>
    /// <param name="order">What the rows are sorted by first, and which way; null for the order they come in.</param>
    /// <param name="limit">Rows of a page where the request names no number.</param>
    public static ModelStatement Write(
        ModelContext context, IReadOnlyList<(string Key, string Sql)> values, string? condition, (string Sql, string Direction)? order, int limit)
    {
        var take = context.Add((long)(context.Params.Integer("limit", 0, int.MaxValue) ?? limit));
        var skip = context.Add((long)(context.Params.Integer("offset", 0, int.MaxValue) ?? 0));
        var from = context.From(condition);
        var names = string.Join(", ", values.Select((_, index) => Name('v', index)));
        var list = string.Join(", ", values.Select((value, index) => $"{value.Sql} AS {Name('v', index)}"));
        IReadOnlyList<(string Sql, string Direction)> keys = [.. order is { } first ? [first] : Array.Empty<(string, string)>(), .. TieBreak(context.Rows)];
        var keyed = $"SELECT {list}, {string.Join(", ", keys.Select((key, index) => $"{key.Sql} AS {Name('k', index)}"))} {from}";
        var page = $"ORDER BY {string.Join(", ", keys.Select((key, index) => Name('k', index) + key.Direction))} LIMIT {take} OFFSET {skip}";
        return new ModelStatement(context.IsInViewport ? ReadOnce(keyed, names, page) : ReadTwice(from, keyed, names, page), [.. values.Select(value => value.Key)])
        { Metadata = "total", IsPage = true, NameCount = values.Count };
    }

    // To count all rows costs little, and to keep them would cost much.
    private static string ReadTwice(string from, string keyed, string names, string page) =>
        $"""
        SELECT total, present, {names}
        FROM (SELECT count(*) AS total {from}) AS t
        LEFT JOIN (SELECT true AS present, {names} FROM ({keyed}) AS found {page}) AS p ON true
        """;

    // Few rows, that are dear to find.
    private static string ReadOnce(string keyed, string names, string page) =>
        $"""
        WITH found AS MATERIALIZED ({keyed})
        SELECT total, present, {names}
        FROM (SELECT count(*) AS total FROM found) AS t
        LEFT JOIN (SELECT true AS present, {names} FROM found {page}) AS p ON true
        """;

    private static string Name(char kind, int index) => string.Create(CultureInfo.InvariantCulture, $"{kind}{index + 1}");

    // Rows that are equal in the sort column must keep their order from page to page.
    private static IEnumerable<(string Sql, string Direction)> TieBreak(RowSource rows) => rows.Relation switch
    {
        { PrimaryKey: { Count: > 0 } key } => key.Select(column => ($"{RowSource.Alias}.{SqlIdentifier.Quote(column)}", "")),
        { HasRowAddress: true } => [($"{RowSource.Alias}.ctid", "")],
        // A query's own order counts, behind what is asked for. PostgreSQL plans it without a look at what stands around the numbers, so that no
        // page has another plan than the next. The text of each row would do as well, and takes eight seconds for a million rows of 21 columns.
        null => [("row_number() OVER ()", "")],
        _ => [($"({RowSource.Alias}.*)::text", "")],
    };
}
