namespace CartoPlatform.Auth.Grants;

/// <summary>What the text of a grant's <c>source</c> would mean, for those who make grants of what they are given.</summary>
public static class GrantText
{
    private const string DefaultSchema = "public";

    /// <summary>The one relation that the text names, in this database if it names none itself; null for patterns and everything else.</summary>
    public static RequestedSource.Table? FindTable(string source, string database) => RelationText.Parse(SqlText.Trim(source)) switch
    {
        [{ } name] => new RequestedSource.Table(database, DefaultSchema, name),
        [{ } schema, { } name] => new RequestedSource.Table(database, schema, name),
        [{ } named, { } schema, { } name] => new RequestedSource.Table(named, schema, name),
        _ => null,
    };

    /// <summary>Whether it is one relation's name, a pattern of them, or everything.</summary>
    public static bool IsRelation(string source)
    {
        var text = SqlText.Trim(source);
        return text is "*" || RelationText.Parse(text) is { Count: <= 3 };
    }

    /// <summary>Whether a grant of this text is one of exactly this query, and not of a table or a whole connection.</summary>
    public static bool IsExactQuery(string source)
    {
        var text = SqlText.Trim(source);
        return !text.IsEmpty && text is not "*" && RelationText.Parse(text) is null;
    }
}
