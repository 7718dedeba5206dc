using System.Text;
using static CartoPlatform.PostGis.Expressions.ExpressionNode;

namespace CartoPlatform.PostGis.Expressions;

/// <summary>
/// Writes a tree as SQL. Every operation gets brackets, so that no precedence can make another tree of it; functions and types get
/// the schema that the names say.
/// </summary>
internal sealed class ExpressionWriter(ExpressionNames names)
{
    private readonly StringBuilder _sql = new();

    public static string Write(ExpressionNode node, ExpressionNames names)
    {
        var writer = new ExpressionWriter(names);
        writer.Write(node);
        return writer._sql.ToString();
    }

    private void Write(ExpressionNode node)
    {
        switch (node)
        {
            case Number number:
                _sql.Append(number.Digits);
                break;
            case Text text:
                WriteText(text.Value);
                break;
            case Word word:
                _sql.Append(word.Name);
                break;
            case Column column:
                _sql.Append(names.Column(column.Name));
                break;
            case Case branches:
                WriteCase(branches);
                break;
            case Cast cast:
                WriteCast(cast);
                break;
            case Extract extract:
                _sql.Append("EXTRACT(").Append(extract.Field).Append(" FROM ");
                Write(extract.Source);
                _sql.Append(')');
                break;
            case Construct construct:
                _sql.Append(construct.Name);
                WriteList(construct.Arguments);
                break;
            case Call call:
                _sql.Append(names.Function(call.Function));
                WriteList(call.Arguments);
                break;
            case Aggregate aggregate:
                WriteAggregate(aggregate);
                break;
            default:
                WriteOperation(node);
                break;
        }
    }

    private void WriteOperation(ExpressionNode node)
    {
        _sql.Append('(');
        switch (node)
        {
            case Prefix prefix:
                // The space keeps two signs from being a comment.
                _sql.Append(prefix.Operator).Append(' ');
                Write(prefix.Operand);
                break;
            case Infix infix:
                Write(infix.Left);
                _sql.Append(' ').Append(infix.Operator).Append(' ');
                Write(infix.Right);
                break;
            case Postfix postfix:
                Write(postfix.Operand);
                _sql.Append(' ').Append(postfix.Operator);
                break;
            case Between between:
                Write(between.Operand);
                _sql.Append(between.IsNegated ? " NOT BETWEEN " : " BETWEEN ");
                Write(between.Low);
                _sql.Append(" AND ");
                Write(between.High);
                break;
            case In values:
                Write(values.Operand);
                _sql.Append(values.IsNegated ? " NOT IN " : " IN ");
                WriteList(values.Values);
                break;
        }

        _sql.Append(')');
    }

    // With a backslash the string is written as E'', which means the same whatever standard_conforming_strings is.
    private void WriteText(string value)
    {
        if (value.Contains('\\', StringComparison.Ordinal)) _sql.Append('E');
        _sql.Append('\'').Append(value.Replace("\\", @"\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)).Append('\'');
    }

    private void WriteList(IReadOnlyList<ExpressionNode> nodes)
    {
        _sql.Append('(');
        WriteSequence(nodes);
        _sql.Append(')');
    }

    private void WriteSequence(IReadOnlyList<ExpressionNode> nodes)
    {
        for (var index = 0; index < nodes.Count; index++)
        {
            if (index > 0) _sql.Append(", ");
            Write(nodes[index]);
        }
    }

    private void WriteCase(Case node)
    {
        _sql.Append("CASE ");
        if (node.Operand is not null)
        {
            Write(node.Operand);
            _sql.Append(' ');
        }

        foreach (var branch in node.Branches)
        {
            _sql.Append("WHEN ");
            Write(branch.When);
            _sql.Append(" THEN ");
            Write(branch.Then);
            _sql.Append(' ');
        }

        if (node.Else is not null)
        {
            _sql.Append("ELSE ");
            Write(node.Else);
            _sql.Append(' ');
        }

        _sql.Append("END");
    }

    private void WriteCast(Cast cast)
    {
        _sql.Append("CAST(");
        Write(cast.Operand);
        _sql.Append(" AS ").Append(names.Type(cast.Type)).Append(cast.Type.Modifier).Append(')');
    }

    private void WriteAggregate(Aggregate aggregate)
    {
        var isOrderedSet = aggregate.Function.Kind == FunctionKind.OrderedSet;
        _sql.Append(names.Function(aggregate.Function)).Append('(').Append(aggregate.IsDistinct ? "DISTINCT " : "").Append(aggregate.IsOfRows ? "*" : "");
        WriteSequence(aggregate.Arguments);
        if (isOrderedSet) _sql.Append(") WITHIN GROUP (");
        WriteOrder(aggregate.Order);
        _sql.Append(')');
        if (aggregate.Filter is null) return;

        _sql.Append(" FILTER (WHERE ");
        Write(aggregate.Filter);
        _sql.Append(')');
    }

    private void WriteOrder(IReadOnlyList<OrderItem> items)
    {
        for (var index = 0; index < items.Count; index++)
        {
            _sql.Append(index == 0 ? " ORDER BY " : ", ");
            Write(items[index].Value);
            if (items[index].IsDescending) _sql.Append(" DESC");
            if (items[index].NullsFirst is { } first) _sql.Append(first ? " NULLS FIRST" : " NULLS LAST");
        }
    }
}
