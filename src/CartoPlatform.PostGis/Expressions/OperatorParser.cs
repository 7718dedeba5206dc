using static CartoPlatform.PostGis.Expressions.ExpressionNode;

namespace CartoPlatform.PostGis.Expressions;

/// <summary>Operators by their precedence, which is PostgreSQL's (<c>src/backend/parser/gram.y</c>).</summary>
internal sealed class OperatorParser
{
    private readonly TokenReader _tokens;
    private readonly OperandParser _operands;

    public OperatorParser(TokenReader tokens, List<ColumnName> columns)
    {
        _tokens = tokens;
        _operands = new OperandParser(tokens, this, columns);
    }

    public ExpressionNode Parse(ExpressionScope scope) => Parse(scope, Precedence.Or);

    private ExpressionNode Parse(ExpressionScope scope, Precedence least)
    {
        _tokens.Enter();
        var node = ParsePrefix(scope, least);
        Precedence? last = null;
        while (FindInfix() is { } precedence && precedence >= least)
        {
            if (precedence == last && precedence is Precedence.Comparison or Precedence.Matching)
                throw new ExpressionException("Comparisons cannot follow one another without brackets", _tokens.Current.Position);
            node = _tokens.Made(ParseInfix(scope, node, precedence));
            last = precedence;
        }

        _tokens.Leave();
        return node;
    }

    private ExpressionNode ParsePrefix(ExpressionScope scope, Precedence least)
    {
        if (_tokens.Current.IsWord("not") && least <= Precedence.Not)
        {
            _tokens.Take();
            return _tokens.Made(new Prefix("NOT", Parse(scope, Precedence.Not)));
        }

        if (_tokens.Current is { Kind: ExpressionTokenKind.Operator, Text: "-" or "+" } sign)
        {
            _tokens.Take();
            return _tokens.Made(new Prefix(sign.Text, Parse(scope, Precedence.Sign)));
        }

        return _operands.Parse(scope);
    }

    private Precedence? FindInfix() => _tokens.Current switch
    {
        { Kind: ExpressionTokenKind.Operator } token => OfSymbol(token.Text),
        { Kind: ExpressionTokenKind.Word } token => OfWord(token.Folded),
        _ => null,
    };

    private static Precedence? OfSymbol(string symbol) => symbol switch
    {
        "=" or "<>" or "<" or ">" or "<=" or ">=" => Precedence.Comparison,
        "||" => Precedence.Other,
        "+" or "-" => Precedence.Sum,
        "*" or "/" or "%" => Precedence.Product,
        "^" => Precedence.Power,
        _ => null,
    };

    private Precedence? OfWord(string word) => word switch
    {
        "or" => Precedence.Or,
        "and" => Precedence.And,
        "is" or "isnull" or "notnull" => Precedence.Is,
        "between" or "in" or "like" or "ilike" => Precedence.Matching,
        "not" when _tokens.Next is { Kind: ExpressionTokenKind.Word, Folded: "between" or "in" or "like" or "ilike" } => Precedence.Matching,
        "at" when _tokens.Next.IsWord("time") => Precedence.TimeZone,
        _ => null,
    };

    private ExpressionNode ParseInfix(ExpressionScope scope, ExpressionNode left, Precedence precedence)
    {
        switch (precedence)
        {
            case Precedence.Is:
                return ParseIs(scope, left);
            case Precedence.Matching:
                return ParseMatching(scope, left);
            case Precedence.TimeZone:
                _tokens.Take();
                _tokens.ExpectWord("time");
                _tokens.ExpectWord("zone");
                return new Infix(left, "AT TIME ZONE", Parse(scope, precedence + 1));
            default:
                var name = _tokens.Take().Text.ToUpperInvariant();
                return new Infix(left, name, Parse(scope, precedence + 1));
        }
    }

    private ExpressionNode ParseIs(ExpressionScope scope, ExpressionNode left)
    {
        if (_tokens.TryWord("isnull")) return new Postfix(left, "IS NULL");
        if (_tokens.TryWord("notnull")) return new Postfix(left, "IS NOT NULL");

        _tokens.ExpectWord("is");
        var name = _tokens.TryWord("not") ? "IS NOT" : "IS";
        if (_tokens.TryWord("distinct"))
        {
            _tokens.ExpectWord("from");
            return new Infix(left, $"{name} DISTINCT FROM", Parse(scope, Precedence.Is + 1));
        }

        if (_tokens.Current is not { Kind: ExpressionTokenKind.Word, Folded: "null" or "true" or "false" or "unknown" })
            throw _tokens.Unexpected("NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM");
        return new Postfix(left, $"{name} {_tokens.Take().Folded.ToUpperInvariant()}");
    }

    private ExpressionNode ParseMatching(ExpressionScope scope, ExpressionNode left)
    {
        var isNegated = _tokens.TryWord("not");
        var word = _tokens.Take().Folded;
        if (word == "in") return new In(left, isNegated, _operands.ParseList(scope));
        var right = Parse(scope, Precedence.Matching + 1);
        if (word != "between") return new Infix(left, $"{(isNegated ? "NOT " : "")}{word.ToUpperInvariant()}", right);

        _tokens.ExpectWord("and");
        return new Between(left, isNegated, right, Parse(scope, Precedence.Matching + 1));
    }

    /// <summary>From what binds least to what binds most. All associate to the left, but for comparisons and matching, which do not at all.</summary>
    private enum Precedence
    {
        Or,
        And,
        Not,
        Is,
        Comparison,
        Matching,
        Other,
        Sum,
        Product,
        Power,
        TimeZone,
        Sign,
    }
}
