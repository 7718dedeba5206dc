namespace CartoPlatform.PostGis.Expressions;

internal enum FunctionKind
{
    Scalar,

    /// <summary>PostGIS's, in the schema that PostGIS was installed in.</summary>
    Spatial,
    Aggregate,

    /// <summary>An aggregate with <c>WITHIN GROUP</c>.</summary>
    OrderedSet,
}

/// <summary>A function that expressions may call.</summary>
/// <param name="Name">As users write it.</param>
/// <param name="CatalogName">As <c>pg_proc</c> has it.</param>
/// <param name="Kind">What it works on.</param>
/// <param name="MinArguments">Fewest arguments.</param>
/// <param name="MaxArguments">Most arguments.</param>
internal sealed record ExpressionFunction(string Name, string CatalogName, FunctionKind Kind, int MinArguments, int MaxArguments)
{
    public bool IsAggregate => Kind is FunctionKind.Aggregate or FunctionKind.OrderedSet;
}
