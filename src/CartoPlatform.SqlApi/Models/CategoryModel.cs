using System.Globalization;

namespace CartoPlatform.SqlApi.Models;

/// <summary>A number for each value of a column (contract, section 7.3).</summary>
internal static class CategoryModel
{
    public static ModelStatement Write(ModelContext context)
    {
        var column = context.ColumnOf("column");
        var aggregation = Aggregation.Read(context, "operationColumn", column.Column.Name);
        var orderBy = context.Params.Word("orderBy", "frequency_desc", "frequency_asc", "alphabetical_asc", "alphabetical_desc");
        var threshold = context.Params.Integer("othersThreshold", 0, int.MaxValue);

        var rule = orderBy switch
        {
            null or "frequency_desc" => $"value DESC NULLS LAST, {ColumnValue.NameOrder(column, "name", "ASC")}",
            "frequency_asc" => $"value ASC NULLS LAST, {ColumnValue.NameOrder(column, "name", "ASC")}",
            "alphabetical_asc" => $"{ColumnValue.NameOrder(column, "name", "ASC")}, value DESC",
            _ => $"{ColumnValue.NameOrder(column, "name", "DESC")}, value DESC",
        };
        var order = $"{rule}, {ColumnValue.TieOrder("name")}";
        var name = ColumnValue.Name(column);
        var groups = $"SELECT {name} AS name, {aggregation.Sql} AS value{aggregation.PartsSql(context)} {context.From()} GROUP BY 1";
        // The client leaves the threshold out to say that there is none, and so does 0.
        if (threshold is null or 0) return new ModelStatement($"SELECT name, value FROM ({groups}) AS g ORDER BY {order}", ["name", "value"]) { NameCount = 1 };

        var first = threshold.Value.ToString(CultureInfo.InvariantCulture);
        var others = aggregation.IsCustom ? CustomOthers(context, aggregation, name, first) : aggregation.OthersSql(first);
        return new ModelStatement(
            $"""
            WITH ranked AS (SELECT g.*, row_number() OVER (ORDER BY {order}) AS rank, count(*) OVER () AS categories FROM ({groups}) AS g)
            SELECT CASE WHEN categories > {first} THEN {others} END, name, value FROM ranked ORDER BY rank
            """,
            ["name", "value"])
        { Metadata = "others", NameCount = 1 };
    }

    // Nothing can be said about an expression from what it is for each group: it goes over the rows once more.
    private static string CustomOthers(ModelContext context, Aggregation aggregation, string name, string first)
    {
        var isFirst = $"EXISTS (SELECT FROM ranked WHERE rank <= {first} AND ranked.name IS NOT DISTINCT FROM {name})";
        return $"(SELECT {aggregation.Sql} {context.From($"NOT {isFirst}")})";
    }
}
