using System.Text.RegularExpressions;

namespace CartoPlatform.Cli.Checks;

/// <summary>
/// Takes values out of a log of PostgreSQL: messages quote what callers have written and what stands in their tables. Names of relations, roles and
/// the like stay; statements, details and places go.
/// </summary>
internal static partial class DatabaseLogCleaning
{
    private const string Taken = "…";

    public static string Clean(string text)
    {
        var isKept = false;
        var lines = text.Split('\n').Select(line =>
        {
            // Further lines of a message begin with a tab; the first line of a tail may be the end of one.
            if (Label().Match(line) is not { Success: true } label) return isKept && !line.StartsWith('\t') ? line : null;
            isKept = label.Groups["kept"].Success;
            return isKept ? string.Concat(line.AsSpan(0, label.Length), Quoted().Replace(line[label.Length..], WithoutValue)) : null;
        });
        return string.Join('\n', lines.OfType<string>());
    }

    private static string WithoutValue(Match quoted) => quoted.Groups["what"].Success ? quoted.Value : $"\"{Taken}\"";

    /// <summary>What stands before a message, as the platform's own <c>log_line_prefix</c> and the default one have it.</summary>
    [GeneratedRegex(@"^\d{4}-\d\d-\d\d [^\r\n]{0,300}?\b(?:(?<kept>DEBUG|LOG|INFO|NOTICE|WARNING|ERROR|FATAL|PANIC|HINT)|DETAIL|STATEMENT|QUERY|CONTEXT|LOCATION):  ", RegexOptions.CultureInvariant)]
    private static partial Regex Label();

    /// <summary>A text in quotation marks, one that is not ended among them, with the word before it if that says that it is a name.</summary>
    [GeneratedRegex(
        @"(?<what>\b(?:access method|column|configuration file|constraint|database|extension|file|function|host|index|operator|parameter|relation|role|schema|sequence|slot|subscription|table|trigger|type|user|view|worker) )?"
        + @"(?:""[^""]*(?:""|$)|'[^']*(?:'|$))",
        RegexOptions.CultureInvariant)]
    private static partial Regex Quoted();
}
