namespace CartoPlatform.PostGis.Expressions;

/// <summary>Where a part of an expression stands, as far as columns and aggregates are allowed there.</summary>
internal enum ExpressionScope
{
    /// <summary>Over groups of rows: aggregates, and no column by itself.</summary>
    Groups,

    /// <summary>In an aggregate, over its rows: columns, and no aggregate.</summary>
    Rows,

    /// <summary>Evaluated once: neither.</summary>
    Constant,
}
