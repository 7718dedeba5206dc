using System.Text;
using System.Text.RegularExpressions;
using CartoPlatform.PostGis.Queries;

namespace CartoPlatform.PostGis.Dependencies;

/// <summary>A name in SQL text, with the one before its dot.</summary>
/// <param name="Schema">Null where nothing stands before it.</param>
/// <param name="Name">Folded and cut as PostgreSQL does.</param>
/// <param name="IsCall">A bracket follows: it may be a function.</param>
internal readonly record struct SqlName(string? Schema, string Name, bool IsCall);

/// <summary>
/// All names in SQL text. Whatever a statement reads or calls, it must name, so that what the catalogue has under these names is at least
/// what it depends on; a name that means a column may add too much, which costs a cached answer and never a right one.
/// </summary>
internal static partial class SqlNames
{
    // NAMEDATALEN - 1.
    private const int MaxBytes = 63;

    private static readonly string[] TimeWords = ["current_date", "current_time", "current_timestamp", "localtime", "localtimestamp", "tablesample"];

    /// <param name="text">SQL.</param>
    /// <param name="names">Where to add the names.</param>
    /// <returns>False where the text depends on more than its names: the time, or names that are written in escapes.</returns>
    public static bool Collect(string text, ISet<SqlName> names)
    {
        var isPlain = true;
        var tokens = SqlScanner.Scan(text).FindAll(token => token.IsSignificant);
        for (var index = 0; index < tokens.Count; index++)
        {
            var piece = tokens[index].In(text);
            if (IdentifierOf(text, tokens[index]) is { } name)
            {
                isPlain &= !TimeWords.Contains(name);
                var isCall = index + 1 < tokens.Count && tokens[index + 1].In(text) is "(";
                var schema = index >= 2 && tokens[index - 1].In(text) is "." ? IdentifierOf(text, tokens[index - 2]) : null;
                names.Add(new SqlName(schema, name, isCall));
            }
            else if (tokens[index].Kind == SqlTokenKind.Quoted)
            {
                isPlain &= IsPlainLiteral(piece);
            }
        }

        return isPlain;
    }

    /// <summary>Whether a constant means the same at all times: <c>'today'::date</c> does not.</summary>
    public static bool IsPlainLiteral(ReadOnlySpan<char> literal) =>
        !TimeLiteral().IsMatch(literal) && !(literal[0] is 'e' or 'E' or 'u' or 'U' && literal.Contains('\\'));

    private static string? IdentifierOf(string text, SqlToken token)
    {
        var piece = token.In(text);
        if (token.Kind == SqlTokenKind.Word) return Cut(ToLowerAscii(piece));
        return piece is ['"', .., '"'] && piece.Length > 2 ? Cut(piece[1..^1].ToString().Replace("\"\"", "\"", StringComparison.Ordinal)) : null;
    }

    private static string ToLowerAscii(ReadOnlySpan<char> word) => string.Create(word.Length, word, static (folded, written) =>
    {
        for (var index = 0; index < folded.Length; index++) folded[index] = char.IsAsciiLetterUpper(written[index]) ? (char)(written[index] | 0x20) : written[index];
    });

    private static string Cut(string name)
    {
        // Whatever is longer has more bytes; a name may be as long as a request.
        if (name.Length > MaxBytes) name = name[..MaxBytes];
        while (Encoding.UTF8.GetByteCount(name) > MaxBytes) name = name[..^(char.IsLowSurrogate(name[^1]) ? 2 : 1)];
        return name;
    }

    [GeneratedRegex(@"(?<![\p{L}\d_])(now|today|tomorrow|yesterday)(?![\p{L}\d_])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex TimeLiteral();
}
