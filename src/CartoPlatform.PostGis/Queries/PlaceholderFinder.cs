using System.Globalization;

namespace CartoPlatform.PostGis.Queries;

/// <summary>
/// Finds placeholders in SQL text: never inside constants, quoted names, comments or operators. Which spelling counts follows from the
/// values: <c>@name</c> only with an object, because <c>@</c> is an operator too; <c>?</c> only with an array and where no <c>$n</c> is.
/// </summary>
internal static class PlaceholderFinder
{
    // Operators that may be written against the placeholder behind them, as in "a=@name", which PostgreSQL's scanner reads as "=@".
    private static readonly HashSet<string> Prefixes = new(StringComparer.Ordinal)
    {
        "=", "<>", "!=", "<", ">", "<=", ">=", "+", "-", "*", "/", "%", "^", "||", "|", "&", "&&", "#",
        "~", "~*", "!~", "!~*", "~~", "~~*", "!~~", "!~~*", "@>", "<@", "->", "->>", "#>", "#>>", "@@",
    };

    // Words after which an operand comes: behind them "?" cannot be an operator.
    private static readonly HashSet<string> OperandFollows = new(StringComparer.OrdinalIgnoreCase)
    {
        "and", "as", "between", "by", "case", "distinct", "else", "from", "having", "ilike", "in", "is", "like", "limit", "not", "offset", "on",
        "or", "returning", "select", "set", "similar", "then", "to", "using", "values", "when", "where", "with",
    };

    public static IEnumerable<Placeholder> Find(SqlText sql, QueryParameters parameters)
    {
        if (parameters.Named is { } named) return Positional(sql, []).Concat(Named(sql, named));
        var values = parameters.Positional ?? [];
        var hasPositional = sql.Tokens.Any(token => token.Kind == SqlTokenKind.Positional);
        return values.Count == 0 || hasPositional ? Positional(sql, values) : QuestionMarks(sql, values);
    }

    private static IEnumerable<Placeholder> Positional(SqlText sql, IReadOnlyList<QueryValue> values)
    {
        foreach (var token in sql.Tokens)
        {
            if (token.Kind != SqlTokenKind.Positional) continue;
            var name = token.In(sql.Text).ToString();
            var isNumber = int.TryParse(name.AsSpan(1), CultureInfo.InvariantCulture, out var number);
            yield return new Placeholder(token.Start, token.End, name, isNumber && number >= 1 && number <= values.Count ? values[number - 1] : null);
        }
    }

    private static IEnumerable<Placeholder> Named(SqlText sql, IReadOnlyDictionary<string, QueryValue> values)
    {
        for (var index = 0; index + 1 < sql.Tokens.Count; index++)
        {
            var (token, next) = (sql.Tokens[index], sql.Tokens[index + 1]);
            if (token.Kind != SqlTokenKind.Operator || next.Kind != SqlTokenKind.Word || sql.Text[token.End - 1] != '@') continue;

            var name = next.In(sql.Text).ToString();
            var value = values.GetValueOrDefault(name);
            var text = token.In(sql.Text)[..^1].ToString();
            // "<@" is an operator by itself ("is contained in"): then only a name that has a value is a placeholder.
            var isPlaceholder = text.Length == 0 || (Prefixes.Contains(text) && (text != "<" || value is not null));
            if (isPlaceholder) yield return new Placeholder(token.End - 1, next.End, $"@{name}", value);
        }
    }

    private static IEnumerable<Placeholder> QuestionMarks(SqlText sql, IReadOnlyList<QueryValue> values)
    {
        var count = 0;
        var operandBefore = false;
        foreach (var token in sql.Tokens.Where(token => token.IsSignificant))
        {
            var text = token.In(sql.Text);
            var endsInMark = token.Kind == SqlTokenKind.Operator && text[^1] == '?';
            if (endsInMark && (text.Length == 1 ? !operandBefore : Prefixes.Contains(text[..^1].ToString())))
            {
                count++;
                yield return new Placeholder(token.End - 1, token.End, $"${count}", count <= values.Count ? values[count - 1] : null);
                operandBefore = true;
                continue;
            }

            operandBefore = token.Kind switch
            {
                SqlTokenKind.Word => !OperandFollows.Contains(text.ToString()),
                SqlTokenKind.Operator or SqlTokenKind.Semicolon => false,
                SqlTokenKind.Symbol => text is ")" or "]",
                _ => true,
            };
        }
    }
}
