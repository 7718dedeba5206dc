namespace CartoPlatform.PostGis.Expressions;

/// <summary>The tokens of an expression, one after the other, and the limits of what can be made of them.</summary>
internal sealed class TokenReader(string text)
{
    // A left-hand chain (1+1+1…) is as deep a tree as it has nodes: PostgreSQL's stack (max_stack_depth, 2 MB) takes several times as many.
    private const int MaxNodes = 1_000;

    // Brackets in brackets: each level takes a handful of frames of our stack.
    private const int MaxDepth = 64;

    private readonly List<ExpressionToken> _tokens = ExpressionLexer.Read(text);
    private int _index;
    private int _nodes;
    private int _depth;

    public ExpressionToken Current => _tokens[_index];

    public ExpressionToken Next => _tokens[Math.Min(_index + 1, _tokens.Count - 1)];

    public bool IsAtEnd => Current.Kind == ExpressionTokenKind.End;

    public ExpressionToken Take()
    {
        var token = Current;
        if (!IsAtEnd) _index++;
        return token;
    }

    public bool TryWord(string word) => Try(Current.IsWord(word));

    public bool TrySymbol(string symbol) => Try(Current.IsSymbol(symbol));

    public bool TryOperator(string name) => Try(Current.Is(ExpressionTokenKind.Operator, name));

    public void ExpectWord(string word)
    {
        if (!TryWord(word)) throw Unexpected(word.ToUpperInvariant());
    }

    public void ExpectSymbol(string symbol)
    {
        if (!TrySymbol(symbol)) throw Unexpected(symbol);
    }

    public void ExpectEnd()
    {
        if (!IsAtEnd) throw Unexpected();
    }

    /// <summary>Counts a node of the tree.</summary>
    public T Made<T>(T node)
    {
        if (++_nodes > MaxNodes) throw new ExpressionException($"The expression has more than {MaxNodes} parts", Current.Position);
        return node;
    }

    public void Enter()
    {
        if (++_depth > MaxDepth) throw new ExpressionException($"The expression is nested deeper than {MaxDepth} levels", Current.Position);
    }

    public void Leave() => _depth--;

    public ExpressionException Unexpected(string? expected = null)
    {
        var found = Current.Kind switch
        {
            ExpressionTokenKind.End => "the end of the expression",
            ExpressionTokenKind.Text => "a text",
            _ => ExpressionLexer.Shown(Current.Text),
        };
        if (Current.Kind == ExpressionTokenKind.Word && ReservedWords.IsOfQueries(Current.Folded))
            return new ExpressionException($"{found} cannot stand here: an expression holds no queries and no clauses of one", Current.Position);
        return new ExpressionException(expected is null ? $"{found} cannot stand here" : $"{expected} is expected before {found}", Current.Position);
    }

    private bool Try(bool matches)
    {
        if (matches) _index++;
        return matches;
    }
}
