namespace CartoPlatform.PostGis.Columns;

/// <summary>
/// The text of a value as its type prints it, which is what rows have. A cast to text is the same but for two types: it cuts the blanks
/// off <c>char(n)</c>, and writes the length of the mask behind an <c>inet</c> of one host.
/// </summary>
public static class ValueText
{
    /// <param name="typeName">Name of the type in <c>pg_type</c>; of the base type for a domain.</param>
    /// <param name="value">In SQL.</param>
    public static string Sql(string typeName, string value) => typeName switch
    {
        "bpchar" => $"pg_catalog.textin(pg_catalog.bpcharout({value}))",
        "inet" => $"pg_catalog.abbrev({value})",
        _ => $"({value})::text",
    };

    public static string Sql(ColumnReference reference) => Sql(reference.Column.TypeName, reference.Sql);
}
