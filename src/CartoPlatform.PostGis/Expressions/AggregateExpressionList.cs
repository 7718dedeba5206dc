using CartoPlatform.PostGis.Columns;

namespace CartoPlatform.PostGis.Expressions;

/// <summary>Expressions with names, such as <c>sum(population) AS pop, avg(x) AS "Mean"</c>.</summary>
public sealed class AggregateExpressionList
{
    private AggregateExpressionList(IReadOnlyList<NamedExpression> items) => Items = items;

    /// <summary>At least one, in the order written.</summary>
    public IReadOnlyList<NamedExpression> Items { get; }

    /// <exception cref="ExpressionException">The text is not such a list, or has an alias twice.</exception>
    public static AggregateExpressionList Parse(string text)
    {
        var parser = new ExpressionParser(text);
        var items = parser.ParseNamed();
        parser.ExpectEnd();
        return new AggregateExpressionList(items);
    }

    /// <summary>The first column that is not among these; null if there is none.</summary>
    public string? FindMissingColumn(IReadOnlyList<ColumnReference> columns) =>
        Items.Select(item => item.Expression.FindMissingColumn(columns)).FirstOrDefault(missing => missing is not null);

    /// <summary>The expressions and their aliases, for the list of a SELECT.</summary>
    public string ToSql(IReadOnlyList<ColumnReference> columns, string? spatialSchema) =>
        string.Join(", ", Items.Select(item => $"{item.Expression.ToSql(columns, spatialSchema)} AS {SqlIdentifier.Quote(item.Alias)}"));
}
