namespace CartoPlatform.PostGis.Queries;

/// <summary>What a piece of SQL text is, as far as finding its end and its placeholders goes.</summary>
internal enum SqlTokenKind
{
    Space,
    Comment,

    /// <summary>A keyword or an unquoted name.</summary>
    Word,

    /// <summary>A quoted name or a string constant of any form.</summary>
    Quoted,
    Number,

    /// <summary><c>$1</c>.</summary>
    Positional,
    Operator,
    Semicolon,

    /// <summary>A bracket, a comma, a dot, or something PostgreSQL will refuse.</summary>
    Symbol,
}

internal readonly record struct SqlToken(SqlTokenKind Kind, int Start, int Length)
{
    public int End => Start + Length;

    public bool IsSignificant => Kind is not (SqlTokenKind.Space or SqlTokenKind.Comment);

    public ReadOnlySpan<char> In(string text) => text.AsSpan(Start, Length);

    public bool Is(string text, string word) => In(text).Equals(word, StringComparison.OrdinalIgnoreCase);
}
