using CartoPlatform.PostGis.Columns;

namespace CartoPlatform.PostGis.Expressions;

/// <summary>
/// A user's expression over groups of rows, such as <c>sum(sales)/sum(area)</c>: read by a grammar of our own and written anew from
/// what was read, so that nothing reaches the database that is not in that grammar.
/// </summary>
public sealed class AggregateExpression
{
    private readonly ExpressionNode _root;
    private readonly IReadOnlyList<ColumnName> _columns;

    internal AggregateExpression(ExpressionNode root, IReadOnlyList<ColumnName> columns)
    {
        _root = root;
        _columns = columns;
    }

    /// <exception cref="ExpressionException">The text is not such an expression.</exception>
    public static AggregateExpression Parse(string text)
    {
        var parser = new ExpressionParser(text);
        var expression = parser.ParseOne();
        parser.ExpectEnd();
        return expression;
    }

    /// <summary>The columns it uses, as they are written in it, without quotes.</summary>
    public IReadOnlyList<string> Columns => [.. _columns.Select(column => column.Text).Distinct()];

    internal ExpressionNode Root => _root;

    /// <summary>
    /// The first column it uses that is not among these; null if there is none. A quoted name is exact; another is folded to lower case
    /// as by PostgreSQL, and failing that matches a column as written, then the only one that differs by case alone.
    /// </summary>
    public string? FindMissingColumn(IReadOnlyList<ColumnReference> columns) =>
        _columns.FirstOrDefault(column => column.Find(columns) is null)?.Text;

    /// <summary>The expression for a statement that has these columns in reach, all of which it uses having been found.</summary>
    /// <param name="columns">Columns of the source.</param>
    /// <param name="spatialSchema">Where PostGIS is (<see cref="SpatialSchema"/>).</param>
    public string ToSql(IReadOnlyList<ColumnReference> columns, string? spatialSchema) =>
        ExpressionWriter.Write(_root, ExpressionNames.For(columns, spatialSchema));

    /// <summary>The expression in a canonical spelling, which reads as the same expression.</summary>
    public override string ToString() => ExpressionWriter.Write(_root, ExpressionNames.AsWritten);
}
