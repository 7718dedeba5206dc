using CartoPlatform.PostGis.Columns;
using CartoPlatform.PostGis.Filters;
using CartoPlatform.PostGis.Queries;
using CartoPlatform.PostGis.Relations;

namespace CartoPlatform.PostGis.Sources;

/// <summary>A table or a query as something to select from.</summary>
/// <param name="Key">Equal for equal sources of one connection, values of placeholders included.</param>
/// <param name="FromSql">What stands after FROM.</param>
/// <param name="Columns">In order; a name that a query gives twice is numbered the second time.</param>
/// <param name="Relation">Null for a query.</param>
/// <param name="Query">Null for a table.</param>
public sealed record RowSource(string Key, string FromSql, IReadOnlyList<ColumnReference> Columns, Relation? Relation, DescribedQuery? Query)
{
    /// <summary>What the rows are called in all SQL about a source.</summary>
    public const string Alias = "s";

    public static RowSource OfTable(Relation relation)
    {
        var columns = relation.Columns.Select(column => new ColumnReference(column, $"{Alias}.{SqlIdentifier.Quote(column.Name)}"));
        return new RowSource($"{relation.Oid}", $"{relation.Sql} AS {Alias}", [.. columns], relation, null);
    }

    public static RowSource OfQuery(DescribedQuery query, string key)
    {
        var names = ColumnNames.MakeUnique(query.Columns.Select(column => column.Name));
        var columns = query.Columns.Select((column, index) =>
            new ColumnReference(column with { Name = names[index] }, $"{Alias}.{DescribedQuery.ColumnSql(index)}"));
        return new RowSource(key, query.AsSubquery(Alias), [.. columns], null, query);
    }

    /// <summary>A new list of values, which begins with those of the query.</summary>
    public SqlParameterList CreateParameters() => Query is null ? new SqlParameterList() : new SqlParameterList(Query);
}
