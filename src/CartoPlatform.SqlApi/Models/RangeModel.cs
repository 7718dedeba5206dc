using CartoPlatform.PostGis.Columns;

namespace CartoPlatform.SqlApi.Models;

/// <summary>The least and the greatest value of a column (contract, section 7.5); those that JSON has no number for do not count.</summary>
internal static class RangeModel
{
    public static ModelStatement Write(ModelContext context)
    {
        var column = context.ColumnOf("column");
        return new ModelStatement(Sql(context, column), ["min", "max"]);
    }

    private static string Sql(ModelContext context, ColumnReference column)
    {
        if (ColumnValue.IsTime(column.Column.Kind)) return FiniteSql(context, column.Sql, "infinity");
        if (ColumnValue.MayBeInfinite(column.Column.Kind)) return FiniteSql(context, column.Sql, "Infinity");
        if (ColumnValue.Number(column) is { } number) return $"SELECT min({number}), max({number}) {context.From()}";
        context.Params.Fail($"The column {column.Column.Name} holds neither numbers nor times");
        return "SELECT NULL, NULL";
    }

    // The bare column first, since that is fastest, with an index or without: values that are not finite are seldom there, and then
    // come out at the ends (NaN is the greatest), where only a second look finds the next.
    private static string FiniteSql(ModelContext context, string column, string infinity)
    {
        var from = context.From(IsFinite(column, infinity));
        return $"""
            SELECT CASE WHEN {IsFinite("lowest", infinity)} THEN lowest ELSE (SELECT min({column}) {from}) END,
                   CASE WHEN {IsFinite("highest", infinity)} THEN highest ELSE (SELECT max({column}) {from}) END
            FROM (SELECT min({column}), max({column}) {context.From()}) AS r(lowest, highest)
            """;
    }

    private static string IsFinite(string value, string infinity) => $"{value} > '-{infinity}' AND {value} < '{infinity}'";
}
