using System.Text;
using System.Text.RegularExpressions;

namespace CartoPlatform.Cli.Loading.Tables;

/// <summary>A table to load into.</summary>
internal sealed partial record TableName(string Schema, string Name)
{
    private const string DefaultSchema = "public";

    public string Quoted => Identifier.Quote(Schema, Name);

    /// <summary>Of a data file: its own name without folders and endings.</summary>
    public static TableName FromFile(string path)
    {
        var name = Path.GetFileName(path);
        var end = name.IndexOf('.', StringComparison.Ordinal);
        return new TableName(DefaultSchema, SqlNames.From(end > 0 ? name[..end] : name, "data"));
    }

    /// <summary>As a person writes it: NAME, or SCHEMA.NAME. Null when it cannot be one.</summary>
    public static TableName? Parse(string text)
    {
        var parts = text.Split('.');
        if (parts.Length > 2 || !parts.All(IsName))
            return null;

        return parts is [var schema, var name]
            ? IsReserved(schema) ? null : new TableName(schema, name)
            : new TableName(DefaultSchema, text);
    }

    public override string ToString() => $"{Schema}.{Name}";

    private static bool IsName(string part) => Word().IsMatch(part) && Encoding.UTF8.GetByteCount(part) <= SqlNames.LongestBytes;

    private static bool IsReserved(string schema) =>
        schema.StartsWith("pg_", StringComparison.OrdinalIgnoreCase) || string.Equals(schema, "information_schema", StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"^[\p{L}_][\p{L}\p{Nd}_]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}
