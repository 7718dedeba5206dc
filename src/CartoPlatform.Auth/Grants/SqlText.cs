namespace CartoPlatform.Auth.Grants;

internal static class SqlText
{
    /// <summary>
    /// What PostgreSQL skips between words (scan.l), and nothing more: a no-break space, say, is a letter to it, so text that ends in
    /// one can name another table.
    /// </summary>
    public const string WhiteSpace = " \t\n\r\f";

    private const string AtTheEnd = WhiteSpace + ";";

    /// <summary>The text that two spellings of the same query share: without surrounding white space and final semicolons.</summary>
    public static ReadOnlySpan<char> Trim(string sql) => sql.AsSpan().TrimStart(WhiteSpace).TrimEnd(AtTheEnd);
}
