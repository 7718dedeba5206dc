using CartoPlatform.PostGis.Columns;

namespace CartoPlatform.SqlApi.Models;

/// <summary>The least and the greatest value of a column (contract, section 7.5); those that JSON has no number for do not count.</summary>
internal static class RangeModel
{
    public static ModelStatement Write(ModelContext context)
    {
        var column = context.ColumnOf("column");
        var (value, condition) = Values(column);
        if (value is null) context.Params.Fail($"The column {column.Column.Name} holds neither numbers nor times");
        return new ModelStatement($"SELECT min({value}), max({value}) {context.From(condition)}", ["min", "max"]);
    }

    // As a condition on the bare column, so that an index on it answers at once.
    private static (string? Value, string? Condition) Values(ColumnReference column) => column.Column.Kind switch
    {
        var kind when ColumnValue.IsTime(kind) => (column.Sql, $"{column.Sql} > '-infinity' AND {column.Sql} < 'infinity'"),
        var kind when ColumnValue.MayBeInfinite(kind) => (column.Sql, $"{column.Sql} > '-Infinity' AND {column.Sql} < 'Infinity'"),
        _ => (ColumnValue.Number(column), null),
    };
}
