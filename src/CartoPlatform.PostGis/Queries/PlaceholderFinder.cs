using System.Globalization;

namespace CartoPlatform.PostGis.Queries;

/// <summary>
/// Finds placeholders in SQL text: never inside constants, quoted names, comments or operators. Whether <c>@name</c> and <c>$n</c> are some follows from
/// the text alone: who may ask a text with values of his own must not turn an operator into a placeholder, nor the other way. <c>?</c> is
/// one only with an array, where no <c>$n</c> is and no operator can stand.
/// </summary>
internal static class PlaceholderFinder
{
    private static readonly IReadOnlyDictionary<string, QueryValue> NoValues = new Dictionary<string, QueryValue>();

    // Operators that may be written against the placeholder behind them, as in "a=@name", which PostgreSQL's scanner reads as "=@". For "<"
    // that does not hold: "<@" is an operator by itself ("is contained in").
    private static readonly HashSet<string> Prefixes = new(StringComparer.Ordinal)
    {
        "=", "<>", "!=", ">", "<=", ">=", "+", "-", "*", "/", "%", "^", "||", "|", "&", "&&", "#",
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
        var named = Named(sql, parameters.Named ?? NoValues);
        var values = parameters.Positional ?? [];
        var hasPositional = sql.Tokens.Any(token => token.Kind == SqlTokenKind.Positional);
        return named.Concat(values.Count == 0 || hasPositional ? Positional(sql, values) : QuestionMarks(sql, values));
    }

    /// <summary>A name that has a value and stands in the text behind <c>&lt;@</c> alone: the space between the two was forgotten.</summary>
    public static string? Mistaken(SqlText sql, QueryParameters parameters, IReadOnlyCollection<string> found) =>
        parameters.Named is not { } named ? null : Words(sql)
            .Where(word => word.Operator.In(sql.Text).SequenceEqual("<@"))
            .Select(word => word.Name)
            .FirstOrDefault(name => named.ContainsKey(name) && !found.Contains($"@{name}"));

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
        foreach (var (token, end, name) in Words(sql))
        {
            var text = token.In(sql.Text)[..^1];
            if (text.Length == 0 || Prefixes.Contains(text.ToString())) yield return new Placeholder(token.End - 1, end, $"@{name}", values.GetValueOrDefault(name));
        }
    }

    /// <summary>Words right behind an operator that ends in <c>@</c>.</summary>
    private static IEnumerable<(SqlToken Operator, int End, string Name)> Words(SqlText sql)
    {
        for (var index = 0; index + 1 < sql.Tokens.Count; index++)
        {
            var (token, next) = (sql.Tokens[index], sql.Tokens[index + 1]);
            if (token.Kind == SqlTokenKind.Operator && next.Kind == SqlTokenKind.Word && sql.Text[token.End - 1] == '@')
                yield return (token, next.End, next.In(sql.Text).ToString());
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
