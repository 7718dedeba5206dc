using CartoPlatform.PostGis.Columns;

namespace CartoPlatform.SqlApi.Models;

/// <summary>A page of rows (contract, section 7.7).</summary>
internal static class TableModel
{
    private const int DefaultLimit = 10;

    // Types of the Other kind that have an order of their own; anything else is sorted by its text.
    private static readonly string[] OrderedTypes =
        ["bit", "bytea", "char", "cidr", "inet", "interval", "macaddr", "macaddr8", "money", "oid", "pg_lsn", "time", "timetz", "varbit"];

    public static ModelStatement Write(ModelContext context)
    {
        var names = context.Params.Texts("column").Distinct(StringComparer.Ordinal).ToList();
        if (names.Count == 0) context.Params.Fail("The param column must name the columns, in an array");

        var direction = context.Params.Word("sortDirection", "asc", "desc") ?? "asc";
        (string, string)? order = context.Params.Text("sortBy") is { } name ? (SortKey(context.Column(name)), $" {direction} NULLS LAST") : null;
        return PageSql.Write(context, [.. names.Select(column => (column, context.Column(column).Sql))], null, order, DefaultLimit);
    }

    private static string SortKey(ColumnReference reference) => reference.Column switch
    {
        { TypeName: "json" } => $"{reference.Sql}::text",
        { Kind: ColumnKind.Other, TypeName: var type } when !OrderedTypes.Contains(type) => $"{reference.Sql}::text",
        _ => reference.Sql,
    };
}
