using static CartoPlatform.PostGis.Expressions.ExpressionNode;

namespace CartoPlatform.PostGis.Expressions;

/// <summary>Calls of functions, and of aggregates with all that may stand in and after their brackets.</summary>
internal sealed class CallParser(TokenReader tokens, OperatorParser operators, OperandParser operands)
{
    public ExpressionNode Parse(ExpressionScope scope)
    {
        var name = tokens.Take();
        tokens.ExpectSymbol("(");
        var function = FunctionCatalog.Find(name.Folded)
            ?? throw new ExpressionException($"The function {ExpressionLexer.Shown(name.Text)} is not available in expressions", name.Position);
        if (!function.IsAggregate) return new Call(function, ParseArguments(function, scope, name.Position));

        if (scope == ExpressionScope.Rows)
            throw new ExpressionException($"The aggregate {function.Name} cannot stand inside another aggregate", name.Position);
        if (scope == ExpressionScope.Constant)
            throw new ExpressionException($"The aggregate {function.Name} cannot stand where the same value holds for all rows", name.Position);
        var aggregate = function.Kind == FunctionKind.OrderedSet ? ParseOrderedSet(function, name.Position) : ParseAggregate(function, name.Position);
        return WithFilter(aggregate);
    }

    private List<ExpressionNode> ParseArguments(ExpressionFunction function, ExpressionScope scope, int position)
    {
        List<ExpressionNode> arguments = tokens.Current.IsSymbol(")") ? [] : operands.ParseSequence(scope);
        tokens.ExpectSymbol(")");
        CheckCount(function, arguments.Count, position);
        return arguments;
    }

    private static void CheckCount(ExpressionFunction function, int count, int position)
    {
        if (count >= function.MinArguments && count <= function.MaxArguments) return;
        var allowed = function.MinArguments == function.MaxArguments ? $"{function.MinArguments}" : $"{function.MinArguments} to {function.MaxArguments}";
        throw new ExpressionException($"The function {function.Name} takes {allowed} {(allowed == "1" ? "argument" : "arguments")}, not {count}", position);
    }

    private Aggregate ParseAggregate(ExpressionFunction function, int position)
    {
        if (function.Name == "count" && tokens.TryOperator("*"))
        {
            tokens.ExpectSymbol(")");
            return new Aggregate(function, []) { IsOfRows = true };
        }

        var isDistinct = tokens.TryWord("distinct");
        if (!isDistinct) tokens.TryWord("all");
        List<ExpressionNode> arguments = tokens.Current.IsSymbol(")") ? [] : operands.ParseSequence(ExpressionScope.Rows);
        IReadOnlyList<OrderItem> order = tokens.Current.IsWord("order") ? ParseOrder() : [];
        tokens.ExpectSymbol(")");
        CheckCount(function, arguments.Count, position);
        return new Aggregate(function, arguments) { IsDistinct = isDistinct, Order = order };
    }

    private Aggregate ParseOrderedSet(ExpressionFunction function, int position)
    {
        var arguments = ParseArguments(function, ExpressionScope.Constant, position);
        tokens.ExpectWord("within");
        tokens.ExpectWord("group");
        tokens.ExpectSymbol("(");
        var order = ParseOrder();
        tokens.ExpectSymbol(")");
        if (order.Count != 1) throw new ExpressionException($"The aggregate {function.Name} is of one value", position);
        return new Aggregate(function, arguments) { Order = order };
    }

    private List<OrderItem> ParseOrder()
    {
        tokens.ExpectWord("order");
        tokens.ExpectWord("by");
        var items = new List<OrderItem>();
        do
        {
            var value = operators.Parse(ExpressionScope.Rows);
            var isDescending = tokens.TryWord("desc");
            if (!isDescending) tokens.TryWord("asc");
            items.Add(new OrderItem(value, isDescending, ParseNulls()));
        }
        while (tokens.TrySymbol(","));
        return items;
    }

    private bool? ParseNulls()
    {
        if (!tokens.TryWord("nulls")) return null;
        if (tokens.TryWord("first")) return true;
        tokens.ExpectWord("last");
        return false;
    }

    private Aggregate WithFilter(Aggregate aggregate)
    {
        if (tokens.Current.IsWord("filter") && tokens.Next.IsSymbol("("))
        {
            tokens.Take();
            tokens.ExpectSymbol("(");
            tokens.ExpectWord("where");
            aggregate = aggregate with { Filter = operators.Parse(ExpressionScope.Rows) };
            tokens.ExpectSymbol(")");
        }

        if (tokens.Current.IsWord("over")) throw new ExpressionException("Window functions are not available in expressions", tokens.Current.Position);
        return aggregate;
    }
}
