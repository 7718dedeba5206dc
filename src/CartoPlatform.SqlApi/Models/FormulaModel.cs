namespace CartoPlatform.SqlApi.Models;

/// <summary>One number over all rows (contract, section 7.2).</summary>
internal static class FormulaModel
{
    public static ModelStatement Write(ModelContext context)
    {
        var aggregation = Aggregation.Read(context, "column");
        return new ModelStatement(AggregatesOverAll.Sql(context, [(aggregation.Sql, aggregation.BareSql)]), ["value"]);
    }
}
