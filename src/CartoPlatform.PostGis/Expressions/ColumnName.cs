using CartoPlatform.PostGis.Columns;

namespace CartoPlatform.PostGis.Expressions;

/// <summary>A column as an expression names it.</summary>
/// <param name="Text">As written, without quotes.</param>
/// <param name="IsQuoted">Whether it stood in double quotes.</param>
internal sealed record ColumnName(string Text, bool IsQuoted)
{
    /// <summary>
    /// A quoted name is that very column. Another means what it means to PostgreSQL, the name in lower case; where there is no such
    /// column, the one that is written exactly so, then the only one that differs by case alone.
    /// </summary>
    public ColumnReference? Find(IReadOnlyList<ColumnReference> columns)
    {
        if (IsQuoted) return Exact(columns, Text);
        return Exact(columns, ExpressionToken.Fold(Text)) ?? ColumnReference.Find(columns, Text);
    }

    private static ColumnReference? Exact(IReadOnlyList<ColumnReference> columns, string name) =>
        columns.FirstOrDefault(reference => string.Equals(reference.Column.Name, name, StringComparison.Ordinal));
}
