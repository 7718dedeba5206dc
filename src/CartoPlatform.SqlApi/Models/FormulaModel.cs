namespace CartoPlatform.SqlApi.Models;

/// <summary>One number over all rows (contract, section 7.2).</summary>
internal static class FormulaModel
{
    public static ModelStatement Write(ModelContext context) =>
        new($"SELECT {Aggregation.Read(context, "column").Sql} {context.From()}", ["value"]);
}
