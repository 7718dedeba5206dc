using System.Collections.Frozen;

namespace CartoPlatform.PostGis.Expressions;

/// <summary>PostgreSQL's words that cannot name a column without quotes (manual, appendix C).</summary>
internal static class ReservedWords
{
    private static readonly FrozenSet<string> OfQueries = FrozenSet.ToFrozenSet(
        [
            "select", "from", "where", "union", "except", "intersect", "having", "limit", "offset", "fetch", "window", "with", "into", "returning",
            "lateral", "table", "create", "grant", "for", "group", "order", "join", "using",
        ],
        StringComparer.Ordinal);

    private static readonly FrozenSet<string> Others = FrozenSet.ToFrozenSet(
        [
            "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization", "binary", "both", "case", "cast",
            "check", "collate", "collation", "column", "concurrently", "constraint", "cross", "current_catalog", "current_date", "current_role",
            "current_schema", "current_time", "current_timestamp", "current_user", "default", "deferrable", "desc", "distinct", "do", "else",
            "end", "false", "foreign", "freeze", "full", "ilike", "in", "initially", "inner", "is", "isnull", "leading", "left", "like",
            "localtime", "localtimestamp", "natural", "not", "notnull", "null", "on", "only", "or", "outer", "over", "overlaps", "placing",
            "primary", "references", "right", "session_user", "similar", "some", "symmetric", "system_user", "tablesample", "then", "to",
            "trailing", "true", "unique", "user", "variadic", "verbose", "when",
        ],
        StringComparer.Ordinal);

    /// <param name="folded">A word in lower case.</param>
    public static bool Contains(string folded) => IsOfQueries(folded) || Others.Contains(folded);

    public static bool IsOfQueries(string folded) => OfQueries.Contains(folded);
}
