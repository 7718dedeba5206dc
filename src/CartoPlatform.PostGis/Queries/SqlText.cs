using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace CartoPlatform.PostGis.Queries;

/// <summary>
/// One SQL statement as a caller sent it, without the white space, comments and semicolons around it. It says nothing about what the
/// statement does: that is for the database to judge, under a login that can do no more than it may.
/// </summary>
public sealed class SqlText
{
    /// <summary>Longer text than this is refused before it is looked at.</summary>
    public const int MaxLength = 1_000_000;

    private const int MaxStatements = 1_000;

    private SqlText(string sent, int start, int end, IReadOnlyList<SqlToken> tokens)
    {
        Sent = sent;
        Start = start;
        Text = sent[start..end];
        Tokens = tokens;
    }

    /// <summary>The text that the statement was cut out of.</summary>
    internal string Sent { get; }

    /// <summary>Where in <see cref="Sent"/> it begins.</summary>
    internal int Start { get; }

    /// <summary>The statement, its placeholders as the caller wrote them.</summary>
    public string Text { get; }

    internal IReadOnlyList<SqlToken> Tokens { get; }

    /// <param name="text">SQL of a caller.</param>
    /// <param name="sql">The statement.</param>
    /// <param name="error">A sentence for the caller.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out SqlText? sql, [NotNullWhen(false)] out string? error)
    {
        sql = null;
        error = Refuse(text);
        if (error is not null) return false;

        // Refuse has told an empty text.
        var tokens = SqlScanner.Scan(text!);
        var first = tokens.FindIndex(IsContent);
        if (first < 0)
        {
            error = "The SQL text is empty";
            return false;
        }

        var end = StatementSplitter.FindEnd(text!, tokens, first);
        if (tokens.FindIndex(end, IsContent) >= 0)
        {
            error = "Only one SQL statement can be run at a time";
            return false;
        }

        sql = Cut(text!, tokens, first, end);
        return true;
    }

    /// <summary>One statement or several, for those who run them in one transaction.</summary>
    /// <param name="text">SQL of a caller.</param>
    /// <param name="statements">The statements, at least one.</param>
    /// <param name="error">A sentence for the caller.</param>
    public static bool TryParseScript(
        string? text, [NotNullWhen(true)] out IReadOnlyList<SqlText>? statements, [NotNullWhen(false)] out string? error)
    {
        statements = null;
        error = Refuse(text);
        if (error is not null) return false;

        var found = new List<SqlText>();
        var tokens = SqlScanner.Scan(text!);
        for (var first = tokens.FindIndex(IsContent); first >= 0 && found.Count <= MaxStatements;)
        {
            var end = StatementSplitter.FindEnd(text!, tokens, first);
            found.Add(Cut(text!, tokens, first, end));
            first = tokens.FindIndex(end, IsContent);
        }

        error = found.Count switch
        {
            0 => "The SQL text is empty",
            > MaxStatements => $"The SQL text has more than {MaxStatements} statements",
            _ => null,
        };
        statements = found;
        return error is null;
    }

    /// <summary>Puts values to the placeholders: <c>$1</c> or <c>?</c> take an array's, <c>@name</c> an object's. Surplus values are ignored.</summary>
    public bool TryBind(QueryParameters parameters, [NotNullWhen(true)] out BoundQuery? query, [NotNullWhen(false)] out string? error) =>
        PlaceholderBinder.TryBind(this, parameters, out query, out error);

    private static SqlText Cut(string text, List<SqlToken> tokens, int first, int end)
    {
        var last = tokens.FindLastIndex(end - 1, token => token.IsSignificant);
        var offset = tokens[first].Start;
        return new SqlText(
            text,
            offset,
            tokens[last].End,
            [.. tokens[first..(last + 1)].Select(token => token with { Start = token.Start - offset })]);
    }

    private static bool IsContent(SqlToken token) => token.IsSignificant && token.Kind != SqlTokenKind.Semicolon;

    private static string? Refuse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return "The SQL text is empty";
        if (text.Length > MaxLength) return $"The SQL text is longer than {MaxLength} characters";
        if (text.Contains('\0', StringComparison.Ordinal)) return "The SQL text holds a NUL character";
        return IsUnicode(text) ? null : "The SQL text is not valid Unicode";
    }

    internal static bool IsUnicode(string text)
    {
        for (var index = 0; index < text.Length; index++)
        {
            if (!char.IsSurrogate(text[index])) continue;
            if (!Rune.TryGetRuneAt(text, index, out _)) return false;
            index++;
        }

        return true;
    }
}
