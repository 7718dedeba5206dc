using System.Buffers;

namespace CartoPlatform.PostGis.Queries;

/// <summary>
/// Cuts SQL text into tokens by the rules of PostgreSQL's own scanner (<c>src/backend/parser/scan.l</c>, with
/// <c>standard_conforming_strings</c> on). What is not terminated extends to the end and is left for PostgreSQL to refuse.
/// </summary>
internal static class SqlScanner
{
    private static readonly SearchValues<char> OperatorCharacters = SearchValues.Create("~!@#^&|`?+-*/%<>=");

    public static List<SqlToken> Scan(string text)
    {
        var tokens = new List<SqlToken>();
        for (var index = 0; index < text.Length;)
        {
            var (kind, end) = Next(text, index);
            tokens.Add(new SqlToken(kind, index, end - index));
            index = end;
        }

        return tokens;
    }

    private static (SqlTokenKind Kind, int End) Next(string text, int start) => text[start] switch
    {
        var c when IsSpace(c) => (SqlTokenKind.Space, SkipSpaces(text, start)),
        '-' when IsAt(text, start, "--") => (SqlTokenKind.Comment, LineEnd(text, start)),
        '/' when IsAt(text, start, "/*") => BlockComment(text, start),
        '\'' => (SqlTokenKind.Quoted, QuoteEnd(text, start, '\'')),
        '"' => (SqlTokenKind.Quoted, QuoteEnd(text, start, '"')),
        '$' => Dollar(text, start),
        ';' => (SqlTokenKind.Semicolon, start + 1),
        >= '0' and <= '9' => (SqlTokenKind.Number, NumberEnd(text, start)),
        '.' when start + 1 < text.Length && char.IsAsciiDigit(text[start + 1]) => (SqlTokenKind.Number, NumberEnd(text, start)),
        var c when IsWordStart(c) => Word(text, start),
        var c when OperatorCharacters.Contains(c) => (SqlTokenKind.Operator, OperatorEnd(text, start)),
        _ => (SqlTokenKind.Symbol, start + 1),
    };

    private static bool IsAt(string text, int index, string what) => string.CompareOrdinal(text, index, what, 0, what.Length) == 0;

    private static bool IsSpace(char c) => c is ' ' or '\t' or '\n' or '\r' or '\f' or '\v';

    // All of Unicode beyond ASCII counts as letters, white space included.
    private static bool IsWordStart(char c) => char.IsAsciiLetter(c) || c == '_' || c >= 0x80;

    private static bool IsWordPart(char c) => IsWordStart(c) || char.IsAsciiDigit(c) || c == '$';

    private static int SkipSpaces(string text, int index)
    {
        while (index < text.Length && IsSpace(text[index])) index++;
        return index;
    }

    private static int LineEnd(string text, int index)
    {
        var end = text.AsSpan(index).IndexOfAny('\n', '\r');
        return end < 0 ? text.Length : index + end;
    }

    private static (SqlTokenKind Kind, int End) BlockComment(string text, int start)
    {
        var depth = 0;
        for (var index = start; index < text.Length;)
        {
            if (IsAt(text, index, "/*"))
            {
                depth++;
                index += 2;
            }
            else if (IsAt(text, index, "*/"))
            {
                depth--;
                index += 2;
                if (depth == 0) return (SqlTokenKind.Comment, index);
            }
            else
            {
                index++;
            }
        }

        // Not a comment: it must not be stripped, or the statement would run without its end.
        return (SqlTokenKind.Symbol, text.Length);
    }

    /// <summary>The end of a quoted text in which a doubled quote stands for one.</summary>
    private static int QuoteEnd(string text, int start, char quote)
    {
        for (var index = start + 1; index < text.Length; index++)
        {
            if (text[index] != quote) continue;
            if (index + 1 == text.Length || text[index + 1] != quote) return index + 1;
            index++;
        }

        return text.Length;
    }

    private static (SqlTokenKind Kind, int End) Word(string text, int start)
    {
        if (text[start] is 'e' or 'E' && IsAt(text, start + 1, "'")) return (SqlTokenKind.Quoted, EscapeStringEnd(text, start + 1));

        // B'', X'' and N'' end as plain strings do, and so do U&'' and U&"": there a backslash does not escape a quote.
        if (text[start] is 'b' or 'B' or 'x' or 'X' or 'n' or 'N' && IsAt(text, start + 1, "'"))
            return (SqlTokenKind.Quoted, QuoteEnd(text, start + 1, '\''));
        if (text[start] is 'u' or 'U' && (IsAt(text, start + 1, "&'") || IsAt(text, start + 1, "&\"")))
            return (SqlTokenKind.Quoted, QuoteEnd(text, start + 2, text[start + 2]));

        var end = start + 1;
        while (end < text.Length && IsWordPart(text[end])) end++;
        return (SqlTokenKind.Word, end);
    }

    /// <summary>The end of an <c>E''</c> string whose first quote is at <paramref name="quote"/>.</summary>
    private static int EscapeStringEnd(string text, int quote)
    {
        for (var index = quote + 1; index < text.Length; index++)
        {
            if (text[index] == '\\')
            {
                index++;
            }
            else if (text[index] == '\'')
            {
                if (IsAt(text, index + 1, "'")) index++;
                else if (Continuation(text, index + 1) is { } next) index = next;
                else return index + 1;
            }
        }

        return text.Length;
    }

    // SQL joins strings that only white space with a line break parts, and the rules of the first hold for the next.
    private static int? Continuation(string text, int index)
    {
        var lineBreak = false;
        while (index < text.Length)
        {
            if (text[index] is '\n' or '\r') lineBreak = true;
            if (IsSpace(text[index])) index++;
            else if (IsAt(text, index, "--")) index = LineEnd(text, index);
            else return lineBreak && text[index] == '\'' ? index : null;
        }

        return null;
    }

    private static (SqlTokenKind Kind, int End) Dollar(string text, int start)
    {
        var end = start + 1;
        while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
        if (end > start + 1) return (SqlTokenKind.Positional, end);

        while (end < text.Length && IsWordPart(text[end]) && text[end] != '$') end++;
        if (end == text.Length || text[end] != '$') return (SqlTokenKind.Symbol, start + 1);

        var tag = text[start..(end + 1)];
        var close = text.IndexOf(tag, end + 1, StringComparison.Ordinal);
        return (SqlTokenKind.Quoted, close < 0 ? text.Length : close + tag.Length);
    }

    private static int NumberEnd(string text, int start)
    {
        var end = start;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] == '.')) end++;
        if (end == text.Length || text[end] is not ('e' or 'E')) return end;

        var exponent = end + 1;
        if (exponent < text.Length && text[exponent] is '+' or '-') exponent++;
        if (exponent == text.Length || !char.IsAsciiDigit(text[exponent])) return end;
        while (exponent < text.Length && char.IsAsciiDigit(text[exponent])) exponent++;
        return exponent;
    }

    private static int OperatorEnd(string text, int start)
    {
        var end = start + 1;
        while (end < text.Length && OperatorCharacters.Contains(text[end]) && !IsAt(text, end, "--") && !IsAt(text, end, "/*")) end++;
        return end;
    }
}
