namespace CartoPlatform.EmbeddedPostGis.Provisioning;

/// <summary>Statements that make roles and databases take no parameters.</summary>
internal static class Quoted
{
    public static string Name(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>Holds because standard_conforming_strings is on; our values are letters and digits anyway.</summary>
    public static string Text(string value) => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";
}
