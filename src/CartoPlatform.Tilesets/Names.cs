using System.Text.RegularExpressions;

namespace CartoPlatform.Tilesets;

/// <summary>Names in SQL text.</summary>
internal static partial class Names
{
    public static string Quote(string name)
    {
        if (name.Length == 0 || name.Contains('\0', StringComparison.Ordinal)) throw new TilesetException("A name is empty, or holds a NUL character.");
        return $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    /// <summary>A text as a literal; standard_conforming_strings is on wherever the platform works.</summary>
    public static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>Whether it is the name of a table, quoted or not, and not a query.</summary>
    public static bool IsTable(string input) => Table().IsMatch(input.Trim());

    /// <summary>Whether the name needs no quotes to be read back as it is.</summary>
    public static bool IsPlain(string name) => Plain().IsMatch(name);

    [GeneratedRegex("^[a-z_][a-z0-9_]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Plain();

    [GeneratedRegex("""^(("([^"]|"")+"|[\p{L}_][\p{L}\p{Nd}_$]*)\.){0,2}("([^"]|"")+"|[\p{L}_][\p{L}\p{Nd}_$]*)$""", RegexOptions.CultureInvariant)]
    private static partial Regex Table();
}
