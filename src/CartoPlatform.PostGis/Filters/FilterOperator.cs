namespace CartoPlatform.PostGis.Filters;

/// <summary>How the filters of several columns go together (<c>filtersLogicalOperator</c>).</summary>
public enum FilterOperator
{
    And,
    Or,
}
