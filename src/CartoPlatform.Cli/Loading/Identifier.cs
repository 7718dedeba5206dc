namespace CartoPlatform.Cli.Loading;

/// <summary>Names in SQL text: the one place that quotes them.</summary>
internal static class Identifier
{
    public static string Quote(params IEnumerable<string> parts) =>
        string.Join('.', parts.Select(part => $"\"{part.Replace("\"", "\"\"", StringComparison.Ordinal)}\""));
}
