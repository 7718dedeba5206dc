using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using CartoPlatform.PostGis.Queries;

namespace CartoPlatform.PostGis.Expressions;

/// <summary>From text to the tokens that expressions are made of. What PostgreSQL's scanner knows and expressions have no use for is refused here.</summary>
internal static class ExpressionLexer
{
    // Longer than any expression that a person writes, and short enough to look at twice per request.
    private const int MaxLength = 10_000;

    private static readonly FrozenSet<string> Operators =
        FrozenSet.ToFrozenSet(["+", "-", "*", "/", "%", "^", "||", "=", "<>", "!=", "<", ">", "<=", ">="], StringComparer.Ordinal);

    // An operator with one of these may end in a sign; without them the sign is an operator of its own: a*-1 (manual, section 4.1.3).
    private static readonly SearchValues<char> SignKeepers = SearchValues.Create("~!@#%^&|`?");

    public static List<ExpressionToken> Read(string text)
    {
        Refuse(text);
        var tokens = new List<ExpressionToken>();
        var scanned = SqlScanner.Scan(text);
        for (var index = 0; index < scanned.Count; index++)
        {
            var token = scanned[index];
            if (!token.IsSignificant) continue;
            if (IsTypeCast(text, scanned, index))
            {
                tokens.Add(new ExpressionToken(ExpressionTokenKind.Operator, "::", token.Start));
                index++;
            }
            else
            {
                Add(tokens, text, token);
            }
        }

        tokens.Add(new ExpressionToken(ExpressionTokenKind.End, "", text.Length));
        return tokens;
    }

    private static void Refuse(string text)
    {
        if (text.Length > MaxLength) throw new ExpressionException($"The expression is longer than {MaxLength} characters", MaxLength);
        if (string.IsNullOrWhiteSpace(text)) throw new ExpressionException("The expression is empty", 0);
        var nul = text.IndexOf('\0', StringComparison.Ordinal);
        if (nul >= 0) throw new ExpressionException("The expression holds a NUL character", nul);
        if (!SqlText.IsUnicode(text)) throw new ExpressionException("The expression is not valid Unicode", 0);
    }

    private static bool IsTypeCast(string text, List<SqlToken> tokens, int index) =>
        text[tokens[index].Start] == ':' && index + 1 < tokens.Count && text[tokens[index + 1].Start] == ':';

    private static void Add(List<ExpressionToken> tokens, string text, SqlToken token)
    {
        switch (token.Kind)
        {
            case SqlTokenKind.Word:
                RefuseAfterNumber(tokens, token);
                tokens.Add(new ExpressionToken(ExpressionTokenKind.Word, token.In(text).ToString(), token.Start));
                break;
            case SqlTokenKind.Quoted:
                RefuseAfterNumber(tokens, token);
                tokens.Add(QuotedText.Read(text, token));
                break;
            case SqlTokenKind.Number:
                tokens.Add(ReadNumber(text, token));
                break;
            case SqlTokenKind.Operator:
                AddOperators(tokens, text, token);
                break;
            case SqlTokenKind.Symbol when token.Length == 1 && text[token.Start] is '(' or ')' or ',' or '.':
                tokens.Add(new ExpressionToken(ExpressionTokenKind.Symbol, token.In(text).ToString(), token.Start));
                break;
            default:
                throw Unknown(text, token);
        }
    }

    // "1e" or "2abc" would otherwise be a number and its alias.
    private static void RefuseAfterNumber(List<ExpressionToken> tokens, SqlToken token)
    {
        if (tokens.Count > 0 && tokens[^1] is { Kind: ExpressionTokenKind.Number } number && number.Position + number.Text.Length == token.Start)
            throw new ExpressionException("A number must not be followed by a letter or a quote", token.Start);
    }

    private static ExpressionToken ReadNumber(string text, SqlToken token)
    {
        var number = token.In(text);
        // Larger ones are numerics of 100,000 digits, which take seconds to multiply.
        if (!double.TryParse(number, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var value)
            || !double.IsFinite(value))
            throw new ExpressionException($"{Shown(number)} is not a number, or too large a one", token.Start);
        return new ExpressionToken(ExpressionTokenKind.Number, number.ToString(), token.Start);
    }

    private static void AddOperators(List<ExpressionToken> tokens, string text, SqlToken token)
    {
        for (var start = token.Start; start < token.End;)
        {
            var run = text.AsSpan(start, token.End - start);
            if (!run.ContainsAny(SignKeepers))
            {
                while (run.Length > 1 && run[^1] is '+' or '-') run = run[..^1];
            }

            var name = run.ToString();
            if (!Operators.Contains(name)) throw new ExpressionException($"The operator {Shown(name)} is not available in expressions", start);
            tokens.Add(new ExpressionToken(ExpressionTokenKind.Operator, name == "!=" ? "<>" : name, start));
            start += run.Length;
        }
    }

    private static ExpressionException Unknown(string text, SqlToken token) => token.Kind switch
    {
        SqlTokenKind.Semicolon => new("An expression is not a statement: it holds no semicolon", token.Start),
        SqlTokenKind.Positional => new("An expression cannot have placeholders such as $1", token.Start),
        _ when token.Length > 1 => new("A comment is not closed", token.Start),
        _ when text[token.Start] is '[' or ']' => new("Arrays are not available in expressions", token.Start),
        _ => new($"The character {Shown(token.In(text))} cannot stand in an expression", token.Start),
    };

    /// <summary>A piece of the user's text for a message: short and without control characters.</summary>
    public static string Shown(ReadOnlySpan<char> text)
    {
        const int Longest = 40;
        var shown = string.Concat(text.ToString().EnumerateRunes().Take(Longest)
            .Select(rune => Rune(rune)));
        return text.Length > Longest ? shown + "…" : shown;
    }

    private static string Rune(System.Text.Rune rune) =>
        System.Text.Rune.IsControl(rune) ? string.Create(CultureInfo.InvariantCulture, $"U+{rune.Value:X4}") : rune.ToString();
}
