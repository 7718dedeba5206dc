namespace CartoPlatform.PostGis;

/// <summary>The one place where a name becomes SQL text.</summary>
public static class SqlIdentifier
{
    /// <summary>Quotes a name of the catalogue for use in SQL text; PostgreSQL's <c>quote_ident</c>, but always quoting.</summary>
    /// <exception cref="ArgumentException">The name is empty or holds a NUL character, which PostgreSQL cannot store.</exception>
    public static string Quote(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Contains('\0', StringComparison.Ordinal)) throw new ArgumentException("A name cannot hold a NUL character", nameof(name));
        return $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    public static string Quote(string schema, string name) => $"{Quote(schema)}.{Quote(name)}";
}
