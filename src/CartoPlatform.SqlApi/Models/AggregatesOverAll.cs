namespace CartoPlatform.SqlApi.Models;

/// <summary>
/// Aggregates over all rows, of the bare columns first: to leave NaN out value by value takes a third of the time of a scan. NaN makes
/// a sum, an average and a maximum NaN, and a minimum where there is nothing else, so that the result tells whether to look again.
/// </summary>
internal static class AggregatesOverAll
{
    public static string Sql(ModelContext context, IReadOnlyList<(string Sql, string? BareSql)> items)
    {
        var exact = string.Join(", ", items.Select((item, index) => $"{item.Sql} AS e{index}"));
        // An expression may be a constant: the empty grouping makes one row of it, as of aggregates.
        if (items.All(item => item.BareSql is null)) return $"SELECT {exact} {context.From()} GROUP BY ()";

        var bare = items.Select((item, index) => $"{item.BareSql ?? item.Sql} AS b{index}");
        var isNaN = items.Index().Where(entry => entry.Item.BareSql is not null).Select(entry => $"(b{entry.Index} = 'NaN') IS TRUE");
        var values = items.Select((item, index) => item.BareSql is null ? $"b{index}" : $"CASE WHEN has_nan THEN e{index} ELSE b{index} END");
        // The second scan is bound to one value of the first, and does not begin where that is false.
        return $"""
            SELECT {string.Join(", ", values)}
            FROM (SELECT *, {string.Join(" OR ", isNaN)} AS has_nan FROM (SELECT {string.Join(", ", bare)} {context.From()}) AS once) AS first_look
            CROSS JOIN LATERAL (SELECT {exact} {context.From("first_look.has_nan")}) AS second_look
            """;
    }
}
