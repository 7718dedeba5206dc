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
    /// <param name="order">What the rows are sorted by first; null for the order they come in.</param>
    /// <param name="limit">Rows of a page where the request names no number.</param>
    public static ModelStatement Write(
        ModelContext context, IReadOnlyList<(string Key, string Sql)> values, string? condition, string? order, int limit)
    {
        var take = context.Add((long)(context.Params.Integer("limit", 0, int.MaxValue) ?? limit));
        var skip = context.Add((long)(context.Params.Integer("offset", 0, int.MaxValue) ?? 0));
        var from = context.From(condition);
        var names = Enumerable.Range(1, values.Count).Select(number => string.Create(CultureInfo.InvariantCulture, $"v{number}")).ToList();
        var list = string.Join(", ", values.Select((value, index) => $"{value.Sql} AS {names[index]}"));
        return new ModelStatement(
            $"""
            SELECT total, present, {string.Join(", ", names)}
            FROM (SELECT count(*) AS total {from}) AS t
            LEFT JOIN (SELECT true AS present, {list} {from} ORDER BY {Order(context.Rows, order)} LIMIT {take} OFFSET {skip}) AS p ON true
            """,
            [.. values.Select(value => value.Key)])
        { Metadata = "total", IsPage = true };
    }

    // Rows that are equal in the sort column must keep their order from page to page.
    private static string Order(RowSource rows, string? order)
    {
        var tieBreak = rows.Relation switch
        {
            { PrimaryKey: { Count: > 0 } key } => string.Join(", ", key.Select(column => $"{RowSource.Alias}.{SqlIdentifier.Quote(column)}")),
            { HasRowAddress: true } => $"{RowSource.Alias}.ctid",
            // A query's own order counts where none is asked for.
            null when order is null => "row_number() OVER ()",
            _ => $"({RowSource.Alias}.*)::text",
        };
        return order is null ? tieBreak : $"{order}, {tieBreak}";
    }
}
