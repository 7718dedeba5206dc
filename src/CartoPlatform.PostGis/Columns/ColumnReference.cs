namespace CartoPlatform.PostGis.Columns;

/// <summary>A column, and the SQL by which a statement refers to it.</summary>
/// <param name="Column">The column.</param>
/// <param name="Sql">Such as <c>s."name"</c>; of a query's result, which may have a name twice, <c>s.c3</c>.</param>
public sealed record ColumnReference(Column Column, string Sql)
{
    /// <summary>The column of this name: exactly first, then without regard to case; null if there is none, or more than one by case.</summary>
    public static ColumnReference? Find(IReadOnlyList<ColumnReference> columns, string name) => ColumnLookup.Find(columns, name, static reference => reference.Column);
}
