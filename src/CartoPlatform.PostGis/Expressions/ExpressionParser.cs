using System.Text;

namespace CartoPlatform.PostGis.Expressions;

/// <summary>Reads an expression, or a list of them with their aliases.</summary>
internal sealed class ExpressionParser
{
    // NAMEDATALEN is 64: PostgreSQL would cut a longer name, and the client would not find its property.
    private const int MaxAliasBytes = 63;

    private readonly TokenReader _tokens;
    private readonly OperatorParser _operators;
    private readonly List<ColumnName> _columns = [];

    public ExpressionParser(string text)
    {
        _tokens = new TokenReader(text);
        _operators = new OperatorParser(_tokens, _columns);
    }

    public void ExpectEnd() => _tokens.ExpectEnd();

    public AggregateExpression ParseOne()
    {
        var first = _columns.Count;
        var root = _operators.Parse(ExpressionScope.Groups);
        return new AggregateExpression(root, _columns[first..]);
    }

    public IReadOnlyList<NamedExpression> ParseNamed()
    {
        var items = new List<(string? Alias, AggregateExpression Expression)>();
        var aliases = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        do
        {
            var expression = ParseOne();
            var position = _tokens.Current.Position;
            var alias = ParseAlias();
            if (alias is not null && !aliases.Add(alias))
                throw new ExpressionException($"The alias {ExpressionLexer.Shown(alias)} is given twice", position);
            items.Add((alias, expression));
        }
        while (_tokens.TrySymbol(","));

        return [.. items.Select(item => new NamedExpression(item.Alias ?? MakeAlias(item.Expression, aliases), item.Expression))];
    }

    private string? ParseAlias()
    {
        var isTold = _tokens.TryWord("as");
        var token = _tokens.Current;
        var isName = token.Kind == ExpressionTokenKind.QuotedName
            || (token.Kind == ExpressionTokenKind.Word && (isTold || !ReservedWords.Contains(token.Folded)));
        if (!isName) return isTold ? throw _tokens.Unexpected("An alias") : null;
        if (Encoding.UTF8.GetByteCount(token.Text) > MaxAliasBytes)
            throw new ExpressionException($"An alias is longer than {MaxAliasBytes} bytes", token.Position);
        return _tokens.Take().Text;
    }

    /// <summary>PostgreSQL's name for the column; numbered where it is taken, since the answer is an object by name.</summary>
    private static string MakeAlias(AggregateExpression expression, HashSet<string> aliases)
    {
        var name = ResultName(expression.Root) ?? "?column?";
        for (var number = 1; ; number++)
        {
            var alias = number == 1 ? name : $"{name}_{number}";
            if (aliases.Add(alias)) return alias;
        }
    }

    // FigureColname of PostgreSQL's parse_target.c.
    private static string? ResultName(ExpressionNode node) => node switch
    {
        ExpressionNode.Aggregate aggregate => aggregate.Function.Name,
        ExpressionNode.Call call => call.Function.Name,
        ExpressionNode.Construct construct => ExpressionToken.Fold(construct.Name),
        ExpressionNode.Cast cast => ResultName(cast.Operand) ?? cast.Type.Name,
        ExpressionNode.Case branches => (branches.Else is null ? null : ResultName(branches.Else)) ?? "case",
        ExpressionNode.Extract => "extract",
        _ => null,
    };
}
