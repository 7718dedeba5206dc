using Npgsql;

namespace CartoPlatform.PostGis.Metadata;

/// <summary>
/// Npgsql connection strings from configuration. The parser's own messages can repeat a value, a password say, so none is passed on.
/// </summary>
public static class ConnectionText
{
    /// <summary>The text can be read, and names a server and a database.</summary>
    public static bool IsValid(string? text)
    {
        try
        {
            var parsed = new NpgsqlConnectionStringBuilder(text);
            return !string.IsNullOrWhiteSpace(parsed.Host) && !string.IsNullOrWhiteSpace(parsed.Database);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            return false;
        }
    }
}
