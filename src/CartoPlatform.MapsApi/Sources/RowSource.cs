using CartoPlatform.PostGis.Columns;
using CartoPlatform.PostGis.Filters;
using CartoPlatform.PostGis.Queries;
using CartoPlatform.PostGis.Relations;

namespace CartoPlatform.MapsApi.Sources;

/// <summary>A table or a query as something to select from.</summary>
/// <param name="Key">Equal for equal sources of one connection, values of placeholders included.</param>
/// <param name="FromSql">What stands after FROM.</param>
/// <param name="Columns">In order; a name that a query gives twice is numbered the second time.</param>
/// <param name="Relation">Null for a query.</param>
/// <param name="Query">Null for a table.</param>
internal sealed record RowSource(string Key, string FromSql, IReadOnlyList<ColumnReference> Columns, Relation? Relation, DescribedQuery? Query)
{
    /// <summary>A new list of values, which begins with those of the query.</summary>
    public SqlParameterList CreateParameters() => Query is null ? new SqlParameterList() : new SqlParameterList(Query);
}
