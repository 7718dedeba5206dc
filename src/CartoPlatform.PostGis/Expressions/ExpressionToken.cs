namespace CartoPlatform.PostGis.Expressions;

internal enum ExpressionTokenKind
{
    /// <summary>A keyword or an unquoted name, as written.</summary>
    Word,

    /// <summary>A name in double quotes, without them.</summary>
    QuotedName,

    /// <summary>A string constant, what it stands for.</summary>
    Text,
    Number,
    Operator,

    /// <summary>A bracket, a comma or a dot.</summary>
    Symbol,
    End,
}

internal readonly record struct ExpressionToken(ExpressionTokenKind Kind, string Text, int Position)
{
    /// <summary>A word as PostgreSQL folds it: in UTF-8 it lowers the letters of ASCII and no others.</summary>
    public string Folded => Fold(Text);

    public static string Fold(string word) => string.Create(word.Length, word, (target, source) =>
    {
        for (var index = 0; index < source.Length; index++)
            target[index] = char.IsAsciiLetterUpper(source[index]) ? (char)(source[index] | 0x20) : source[index];
    });

    public bool Is(ExpressionTokenKind kind, string text) => Kind == kind && Text == text;

    public bool IsWord(string word) => Kind == ExpressionTokenKind.Word && Folded == word;

    public bool IsSymbol(string symbol) => Is(ExpressionTokenKind.Symbol, symbol);
}
