namespace CartoPlatform.SqlApi.Models;

/// <summary>One number over all rows (contract, section 7.2).</summary>
internal static class FormulaModel
{
    // An expression may be a constant: the empty grouping makes one row of it, as of aggregates.
    public static ModelStatement Write(ModelContext context) =>
        new($"SELECT {Aggregation.Read(context, "column").Sql} {context.From()} GROUP BY ()", ["value"]);
}
