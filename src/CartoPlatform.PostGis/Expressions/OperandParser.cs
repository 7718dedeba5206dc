using static CartoPlatform.PostGis.Expressions.ExpressionNode;

namespace CartoPlatform.PostGis.Expressions;

/// <summary>What operators stand between: constants, columns, calls, brackets, <c>CASE</c> and <c>CAST</c>.</summary>
internal sealed class OperandParser(TokenReader tokens, OperatorParser operators, List<ColumnName> columns)
{
    private readonly TypeParser _types = new(tokens);

    public ExpressionNode Parse(ExpressionScope scope)
    {
        var node = tokens.Made(ParseSimple(scope));
        while (tokens.TryOperator("::")) node = tokens.Made(new Cast(node, _types.Parse()));
        return node;
    }

    /// <summary>Expressions in brackets, one at least.</summary>
    public IReadOnlyList<ExpressionNode> ParseList(ExpressionScope scope)
    {
        tokens.ExpectSymbol("(");
        var values = ParseSequence(scope);
        tokens.ExpectSymbol(")");
        return values;
    }

    public List<ExpressionNode> ParseSequence(ExpressionScope scope)
    {
        var values = new List<ExpressionNode>();
        do
        {
            values.Add(operators.Parse(scope));
        }
        while (tokens.TrySymbol(","));
        return values;
    }

    private ExpressionNode ParseSimple(ExpressionScope scope)
    {
        switch (tokens.Current.Kind)
        {
            case ExpressionTokenKind.Number:
                return new Number(tokens.Take().Text);
            case ExpressionTokenKind.Text:
                return new Text(tokens.Take().Text);
            case ExpressionTokenKind.QuotedName:
                return ParseColumn(scope);
            case ExpressionTokenKind.Word:
                return ParseWord(scope);
            case ExpressionTokenKind.Symbol when tokens.TrySymbol("("):
                var inner = operators.Parse(scope);
                tokens.ExpectSymbol(")");
                return inner;
            default:
                throw tokens.Unexpected();
        }
    }

    private ExpressionNode ParseWord(ExpressionScope scope)
    {
        var word = tokens.Current.Folded;
        if (word is "null" or "true" or "false")
        {
            tokens.Take();
            return new Word(word.ToUpperInvariant());
        }

        if (word == "case") return ParseCase(scope);
        if (_types.TryTypedText(out var typed)) return typed;
        if (!tokens.Next.IsSymbol("(")) return ParseColumn(scope);
        return word switch
        {
            "cast" => ParseCast(scope),
            "extract" => ParseExtract(scope),
            "coalesce" or "nullif" or "greatest" or "least" => ParseConstruct(scope),
            _ => new CallParser(tokens, operators, this).Parse(scope),
        };
    }

    private Column ParseColumn(ExpressionScope scope)
    {
        var token = tokens.Current;
        var isQuoted = token.Kind == ExpressionTokenKind.QuotedName;
        if (!isQuoted && ReservedWords.Contains(token.Folded)) throw tokens.Unexpected();

        var shown = ExpressionLexer.Shown(token.Text);
        tokens.Take();
        if (tokens.Current.IsSymbol(".")) throw new ExpressionException($"Write the column or function alone, without {shown} and a dot before it", token.Position);
        if (tokens.Current.IsSymbol("(")) throw new ExpressionException("Functions are written without quotes", token.Position);
        if (scope == ExpressionScope.Groups)
            throw new ExpressionException($"The column {shown} must stand inside an aggregate function, such as max({shown})", token.Position);
        if (scope == ExpressionScope.Constant)
            throw new ExpressionException($"The column {shown} cannot stand where the same value holds for all rows", token.Position);

        var name = new ColumnName(token.Text, isQuoted);
        columns.Add(name);
        return new Column(name);
    }

    private Case ParseCase(ExpressionScope scope)
    {
        tokens.ExpectWord("case");
        var operand = tokens.Current.IsWord("when") ? null : operators.Parse(scope);
        var branches = new List<CaseBranch>();
        while (tokens.TryWord("when"))
        {
            var when = operators.Parse(scope);
            tokens.ExpectWord("then");
            branches.Add(new CaseBranch(when, operators.Parse(scope)));
        }

        if (branches.Count == 0) throw tokens.Unexpected("WHEN");
        var otherwise = tokens.TryWord("else") ? operators.Parse(scope) : null;
        tokens.ExpectWord("end");
        return new Case(operand, branches, otherwise);
    }

    private Cast ParseCast(ExpressionScope scope)
    {
        tokens.ExpectWord("cast");
        tokens.ExpectSymbol("(");
        var operand = operators.Parse(scope);
        tokens.ExpectWord("as");
        var type = _types.Parse();
        tokens.ExpectSymbol(")");
        return new Cast(operand, type);
    }

    private Extract ParseExtract(ExpressionScope scope)
    {
        tokens.ExpectWord("extract");
        tokens.ExpectSymbol("(");
        if (tokens.Current.Kind != ExpressionTokenKind.Word || !DateFields.Contains(tokens.Current.Folded))
            throw tokens.Unexpected("A part of a date, such as year,");
        var field = tokens.Take().Folded;
        tokens.ExpectWord("from");
        var source = operators.Parse(scope);
        tokens.ExpectSymbol(")");
        return new Extract(field, source);
    }

    private Construct ParseConstruct(ExpressionScope scope)
    {
        var token = tokens.Take();
        var arguments = ParseList(scope);
        if (token.Folded == "nullif" && arguments.Count != 2) throw new ExpressionException("nullif takes two arguments", token.Position);
        return new Construct(token.Folded.ToUpperInvariant(), arguments);
    }

    // What EXTRACT knows of timestamps and intervals (manual, section 9.9.1).
    private static readonly HashSet<string> DateFields = new(StringComparer.Ordinal)
    {
        "century", "day", "decade", "dow", "doy", "epoch", "hour", "isodow", "isoyear", "julian", "microseconds", "millennium", "milliseconds",
        "minute", "month", "quarter", "second", "timezone", "timezone_hour", "timezone_minute", "week", "year",
    };
}
